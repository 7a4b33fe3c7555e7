/* Buggy: double fork, but the parent never waits for the intermediate child.
 * Loses: mp-zombies
 * Why: init reaps those who serve; those in between, one a client, stay zombies of the server.
 */
#include <err.h>
#include <unistd.h>

#include "server.h"

void run_server(int listenfd)
{
	for (;;) {
		int connfd = tcp_accept(listenfd);

		switch (fork()) {
		case -1:
			warn("fork");
			break;
		case 0:
			close(listenfd);
			if (fork() == 0)
				serve_client(connfd);
			_exit(0);
		}
		close(connfd);
	}
}
