/* Buggy: C11 threads, and a counter of clients that all of them increment without a lock.
 * Loses: mt-races
 * Why: an increment is a read and a write: two at once may count as one. The number is printed now and then.
 */
#include <stdint.h>
#include <stdio.h>
#include <threads.h>
#include <unistd.h>

#include "server.h"

static unsigned long served;

static int serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;

	serve_client(connfd);
	served++;
	if (served % 1000 == 0)
		fprintf(stderr, "%lu clients were served\n", served);
	close(connfd);
	return 0;
}

void run_server(int listenfd)
{
	for (;;) {
		int connfd = tcp_accept(listenfd);
		thrd_t thread;

		if (thrd_create(&thread, serve, (void *)(intptr_t)connfd) == thrd_success)
			thrd_detach(thread);
		else
			close(connfd);
	}
}
