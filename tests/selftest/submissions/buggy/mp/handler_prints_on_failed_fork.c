/* Buggy: the handler prints; the loop does so only when fork() has failed, which is when a child may end.
 * Loses: mp-zombies
 * Why: the handler may interrupt warn(3), and printf(3) is not for handlers (signal-safety(7)). */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include "server.h"

static void reap(int signo)
{
	int saved_errno = errno;
	pid_t pid;

	(void)signo;
	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
		fprintf(stderr, "child %d has ended\n", (int)pid);
	errno = saved_errno;
}

void run_server(int listenfd)
{
	struct sigaction act = {.sa_handler = reap, .sa_flags = SA_RESTART};

	if (sigaction(SIGCHLD, &act, NULL) == -1)
		err(EXIT_FAILURE, "sigaction");
	for (;;) {
		int connfd = tcp_accept(listenfd);

		switch (fork()) {
		case -1:
			warn("fork");
			break;
		case 0:
			close(listenfd);
			serve_client(connfd);
			_exit(EXIT_SUCCESS);
		}
		close(connfd);
	}
}
