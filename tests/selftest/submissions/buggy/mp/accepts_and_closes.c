/* Buggy: the skeleton with its TODOs left: accepts, and closes.
 * Loses: everything
 * Why: nobody gets a reply.
 */
#include <unistd.h>
#include "server.h"

void run_server(int listenfd)
{
	for (;;) {
		int connfd = tcp_accept(listenfd);

		/* later: fork, serve_client(connfd) */
		close(connfd);
	}
}
