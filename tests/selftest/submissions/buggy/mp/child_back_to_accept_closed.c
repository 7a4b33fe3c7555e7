/* Buggy: the child does not end: it goes back to accept, with the listening socket closed.
 * Loses: mp-processes
 * Why: tcp_accept ends it with "cannot accept", so that by luck it behaves as a child that ends.
 */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>
#include "server.h"

void run_server(int listenfd)
{
	signal(SIGCHLD, SIG_IGN);
	while (1) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
		}
		if (pid == -1)
			perror("fork");
		close(connfd);
	}
}
