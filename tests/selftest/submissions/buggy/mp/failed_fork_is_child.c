/* Buggy: if (pid > 0) parent, else child: a failed fork makes the parent play the child.
 * Loses: mp-robustness
 * Why: it closes the listening socket, serves this one client, and exits.
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
		pid_t pid = fork();

		if (pid > 0) {
			close(connfd);
		} else {
			close(listenfd);
			serve_client(connfd);
			exit(0);
		}
	}
}
