/* Buggy: the thread detaches itself only every other time: a left-over of debugging.
 * Loses: mt-memory
 * Why: every other client leaves a stack behind.
 */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include "server.h"

static void *serve(void *arg)
{
	static int calls;
	int connfd = (int)(intptr_t)arg;

	if (__atomic_fetch_add(&calls, 1, __ATOMIC_SEQ_CST) % 2 == 0)
		pthread_detach(pthread_self());
	serve_client(connfd);
	close(connfd);
	return NULL;
}

void run_server(int listenfd)
{
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pthread_t thread;

		if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd) != 0)
			close(connfd);
	}
}
