/* Buggy: its own accept; without free descriptors it waits for a child to end.
 * Loses: mp-robustness
 * Why: children do not hold the parent's descriptors: those that are short come back without one,
 *      and no child may be there, or none may end.
 */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

static void reap(int signo)
{
	int saved = errno;

	(void)signo;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	errno = saved;
}

static int next_client(int listenfd)
{
	int connfd;

	while ((connfd = accept(listenfd, NULL, NULL)) == -1) {
		if (errno == EMFILE || errno == ENFILE)
			pause();
		else if (errno != EINTR && errno != ECONNABORTED)
			warn("accept");
	}
	return connfd;
}

void run_server(int listenfd)
{
	struct sigaction sa = {.sa_handler = reap, .sa_flags = SA_RESTART};

	if (sigaction(SIGCHLD, &sa, NULL) == -1)
		err(1, "sigaction");
	for (;;) {
		int connfd = next_client(listenfd);
		pid_t pid = fork();

		if (pid == -1)
			warn("fork");
		if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		}
		close(connfd);
	}
}
