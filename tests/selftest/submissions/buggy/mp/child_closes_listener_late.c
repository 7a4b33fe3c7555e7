/* Buggy: the child closes the listening socket, but only after it has served its client.
 * Loses: mp-descriptors
 * Why: all the time that matters it holds the port.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
#include "server.h"

static void sigchld(int sig)
{
	int e = errno;
	(void)sig;
	while (waitpid(-1, NULL, WNOHANG) > 0);
	errno = e;
}

void run_server(int listenfd)
{
	struct sigaction sa = { .sa_handler = sigchld, .sa_flags = SA_RESTART };
	sigaction(SIGCHLD, &sa, NULL);

	while (1) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == 0) {
			serve_client(connfd);
			/* clean up everything */
			close(connfd);
			close(listenfd);
			_exit(0);
		}
		if (pid < 0)
			perror("fork");
		close(connfd);
	}
}
