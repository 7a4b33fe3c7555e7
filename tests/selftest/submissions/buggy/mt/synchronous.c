/* Buggy: no thread at all: the synchronous server, handed in again.
 * Loses: mt-concurrency
 * Why: a silent client keeps everybody else waiting. Without concurrency the rest is not graded; replies are right.
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
