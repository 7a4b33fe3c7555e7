/* Buggy: a process per client, handed in as the multithreaded server.
 * Loses: mt-threads
 * Why: eight clients make eight processes and no thread. It is a good multiprocess server, so the rest is kept.
 */
#include <err.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "server.h"

void run_server(int listenfd)
{
	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		int connfd = tcp_accept(listenfd);

		switch (fork()) {
		case -1:
			warn("fork");
			break;
		case 0:
			close(listenfd);
			serve_client(connfd);
			_exit(EXIT_SUCCESS);
		}
		close(connfd);
	}
}
