/* Buggy: a for loop over fifty clients, from the time when it was tried out.
 * Loses: mp-robustness
 * Why: then run_server() returns. Others do not serve more on one server, once that is known.
 */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>
#include "server.h"

void run_server(int listenfd)
{
	int i;

	signal(SIGCHLD, SIG_IGN);
	for (i = 0; i < 50; i++) {
		int connfd = tcp_accept(listenfd);
		int pid = fork();

		if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		}
		if (pid < 0)
			perror("fork");
		close(connfd);
	}
}
