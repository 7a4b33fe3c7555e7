/* Buggy: the parent closes the listening socket in place of the connection.
 * Loses: everything
 * Why: the second client is refused.
 */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>
#include "server.h"

void run_server(int listenfd)
{
	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == 0) {
			serve_client(connfd);
			close(connfd);
			_exit(0);
		} else if (pid > 0) {
			close(listenfd);
		} else {
			perror("fork");
		}
	}
}
