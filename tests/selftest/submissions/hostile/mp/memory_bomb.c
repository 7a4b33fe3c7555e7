/* Hostile: takes memory without end.
 * Loses: mp-replies mp-concurrency
 * Why: it is killed when it has used 1 GiB. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "server.h"

void run_server(int listenfd)
{
	signal(SIGCHLD, SIG_IGN);
	for (;;)
		memset(malloc(1 << 24), 1, 1 << 24);
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
