/* Buggy: defines start_server() in place of run_server().
 * Loses: compile
 * Why: compiles, but does not link.
 */
#include <signal.h>
#include <unistd.h>
#include "server.h"

void start_server(int listenfd)
{
	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		int connfd = tcp_accept(listenfd);

		if (fork() == 0) {
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		}
		close(connfd);
	}
}
