/* Buggy: no process at all, one client after the other.
 * Loses: mp-concurrency
 * Why: a silent client holds up all others; a client alone gets the right reply.
 */
#include <unistd.h>
#include "server.h"

void run_server(int listenfd)
{
	for (;;) {
		int connfd = tcp_accept(listenfd);

		serve_client(connfd);
		close(connfd);
	}
}
