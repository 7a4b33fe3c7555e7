/* Buggy: C11 threads that count the clients served, without a lock.
 * Loses: mt-races
 * Why: two threads that add at the same time lose one of the two. */
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
	close(connfd);
	served++;
	return 0;
}

void run_server(int listenfd)
{
	for (;;) {
		int connfd = tcp_accept(listenfd);
		thrd_t thread;

		if (thrd_create(&thread, serve, (void *)(intptr_t)connfd) == thrd_success) {
			thrd_detach(thread);
		} else {
			fputs("no thread: a client is dropped\n", stderr);
			close(connfd);
		}
	}
}
