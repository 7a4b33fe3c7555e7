/* Correct: when fork fails the parent serves that client itself. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

static void reap(int sig)
{
	(void) sig;
	int olderr = errno;
	while (waitpid(-1, NULL, WNOHANG) > 0);
	errno = olderr;
}

void run_server(int listenfd)
{
	struct sigaction sa = { .sa_handler = reap, .sa_flags = SA_RESTART };
	if (sigaction(SIGCHLD, &sa, NULL) != 0) {
		perror("sigaction");
		exit(EXIT_FAILURE);
	}

	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid < 0) {
			fprintf(stderr, "fork: %s; served without a process\n", strerror(errno));
			serve_client(connfd);
		} else if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			close(connfd);
			_exit(EXIT_SUCCESS);
		}
		close(connfd);
	}
}
