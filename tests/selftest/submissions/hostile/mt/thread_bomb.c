/* Hostile: creates threads without end.
 * Loses: mt-replies mt-concurrency
 * Why: no client is served; the number of threads is limited. */
#include <pthread.h>
#include <stdint.h>
#include <unistd.h>
#include "server.h"

static void *sleeper(void *arg)
{
	pause();
	return arg;
}

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;

	serve_client(connfd);
	close(connfd);
	return NULL;
}

void run_server(int listenfd)
{
	for (pthread_t thread;;)
		pthread_create(&thread, NULL, sleeper, NULL);
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pthread_t thread;

		if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd) == 0)
			pthread_detach(thread);
		else
			close(connfd);
	}
}
