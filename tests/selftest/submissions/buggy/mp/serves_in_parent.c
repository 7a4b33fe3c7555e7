/* Buggy: forks for each client, but the parent serves it and the child ends for nothing.
 * Loses: mp-concurrency
 * Why: one client at a time; the comparison of fork's result is the wrong way round.
 */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>
#include "server.h"

void run_server(int listenfd)
{
	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		int connfd = tcp_accept(listenfd);

		if (fork() != 0) {
			serve_client(connfd);
		} else {
			close(connfd);
			exit(0);
		}
		close(connfd);
	}
}
