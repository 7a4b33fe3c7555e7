/* Buggy: a missing semicolon.
 * Loses: compile
 * Why: the compiler's message is all there is to show.
 */
#include <unistd.h>
#include "server.h"

void run_server(int listenfd)
{
	for (;;) {
		int connfd = tcp_accept(listenfd)

		if (fork() == 0) {
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		}
		close(connfd);
	}
}
