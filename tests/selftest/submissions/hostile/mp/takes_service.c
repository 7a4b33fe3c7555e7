/* Hostile: defines serve_client itself.
 * Loses: compile
 * Why: serve_client is given, and two do not link. */
#include <signal.h>
#include <unistd.h>
#include "server.h"

void serve_client(int connfd)
{
	write(connfd, "1\n", 2);
}

void run_server(int listenfd)
{
	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		}
		close(connfd);
	}
}
