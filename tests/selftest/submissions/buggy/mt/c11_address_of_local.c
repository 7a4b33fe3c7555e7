/* Buggy: C11 threads that get the address of the loop's descriptor.
 * Loses: mt-races
 * Why: the next client's number is there before a late thread has looked.
 * Either: mt-memory - many clients at once meet the race by themselves
 * Either: mt-speedup - likewise
 */
#include <threads.h>
#include <unistd.h>

#include "server.h"

static int serve(void *arg)
{
	int connfd = *(int *)arg;

	serve_client(connfd);
	close(connfd);
	return thrd_success;
}

void run_server(int listenfd)
{
	int connfd;
	thrd_t thread;

	for (;;) {
		connfd = tcp_accept(listenfd);
		if (thrd_create(&thread, serve, &connfd) == thrd_success)
			thrd_detach(thread);
		else
			close(connfd);
	}
}
