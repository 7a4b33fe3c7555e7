/* Buggy: SIGCHLD is blocked before fork and never unblocked.
 * Loses: mp-zombies
 * Why: the handler is right but never runs.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

static void reap(int sig)
{
	int e = errno;

	(void)sig;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	errno = e;
}

void run_server(int listenfd)
{
	struct sigaction sa = { .sa_handler = reap, .sa_flags = SA_RESTART };
	sigset_t chld;

	sigaction(SIGCHLD, &sa, NULL);
	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);

	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid;

		sigprocmask(SIG_BLOCK, &chld, NULL);	/* no signal between fork and close */
		pid = fork();
		if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		}
		close(connfd);
		if (pid == -1)
			perror("fork");
	}
}
