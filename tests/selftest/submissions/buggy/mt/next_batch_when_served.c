/* Buggy: accepts up to six clients that are there, and the next ones when all of these have been served.
 * Loses: mt-concurrency
 * Why: a barrier at the end of each batch: one silent client holds up all who come after it.
 */
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <unistd.h>

#include "server.h"

enum { BATCH = 6 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t all_served = PTHREAD_COND_INITIALIZER;
static int in_service;

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;

	serve_client(connfd);
	close(connfd);
	pthread_mutex_lock(&mutex);
	if (--in_service == 0)
		pthread_cond_signal(&all_served);
	pthread_mutex_unlock(&mutex);
	return NULL;
}

static void start(int connfd)
{
	pthread_t thread;

	pthread_mutex_lock(&mutex);
	if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd) == 0) {
		pthread_detach(thread);
		in_service++;
	} else {
		close(connfd);
	}
	pthread_mutex_unlock(&mutex);
}

void run_server(int listenfd)
{
	struct pollfd more = {.fd = listenfd, .events = POLLIN};

	for (;;) {
		int n = 0;

		do
			start(tcp_accept(listenfd));
		while (++n < BATCH && poll(&more, 1, 0) == 1);
		pthread_mutex_lock(&mutex);
		while (in_service > 0)
			pthread_cond_wait(&all_served, &mutex);
		pthread_mutex_unlock(&mutex);
	}
}
