/* Buggy: a new client makes the server cancel and join the thread of the previous one, lest too many threads pile up.
 * Loses: mt-concurrency
 * Why: silent clients are cut off by those who come after them. One client at a time is served well.
 */
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <unistd.h>
#include "server.h"

static void close_it(void *arg)
{
	close((int)(intptr_t)arg);
}

static void *serve(void *arg)
{
	pthread_cleanup_push(close_it, arg);
	serve_client((int)(intptr_t)arg);
	pthread_cleanup_pop(1);
	return NULL;
}

void run_server(int listenfd)
{
	pthread_t thread;
	bool running = false;

	for (;;) {
		int connfd = tcp_accept(listenfd);

		if (running) {
			pthread_cancel(thread);
			pthread_join(thread, NULL);
		}
		running = pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd) == 0;
		if (!running)
			close(connfd);
	}
}
