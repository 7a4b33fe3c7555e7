/* Buggy: a return from the middle of the critical section when there is no thread: the mutex stays locked.
 * Loses: mt-robustness
 * Why: the first failure passes well, the next client finds the server waiting for itself.
 */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>
#include "server.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned long started;

static void *serve(void *arg)
{
	serve_client((int)(intptr_t)arg);
	close((int)(intptr_t)arg);
	return NULL;
}

static void start_thread(int connfd)
{
	pthread_t thread;

	pthread_mutex_lock(&lock);
	if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd) != 0) {
		fprintf(stderr, "no thread after %lu\n", started);
		close(connfd);
		return;
	}
	started++;
	pthread_mutex_unlock(&lock);
	pthread_detach(thread);
}

void run_server(int listenfd)
{
	for (;;)
		start_thread(tcp_accept(listenfd));
}
