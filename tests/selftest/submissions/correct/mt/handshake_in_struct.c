/* Correct: a struct on the creator's stack, with descriptor, mutex and condition; the creator waits until it is copied. */
#include <pthread.h>
#include <stdbool.h>
#include <unistd.h>

#include "server.h"

struct handover {
	pthread_mutex_t mutex;
	pthread_cond_t done;
	bool copied;
	int connfd;
};

static void *serve(void *arg)
{
	struct handover *handover = arg;
	int connfd;

	pthread_mutex_lock(&handover->mutex);
	connfd = handover->connfd;
	handover->copied = true;
	pthread_cond_signal(&handover->done);
	pthread_mutex_unlock(&handover->mutex);
	serve_client(connfd);
	close(connfd);
	return NULL;
}

void run_server(int listenfd)
{
	struct handover handover = {
		.mutex = PTHREAD_MUTEX_INITIALIZER, .done = PTHREAD_COND_INITIALIZER};

	for (;;) {
		int connfd = tcp_accept(listenfd);
		pthread_t thread;

		pthread_mutex_lock(&handover.mutex);
		handover.connfd = connfd;
		handover.copied = false;
		if (pthread_create(&thread, NULL, serve, &handover) == 0) {
			pthread_detach(thread);
			while (!handover.copied)
				pthread_cond_wait(&handover.done, &handover.mutex);
		} else {
			close(connfd);
		}
		pthread_mutex_unlock(&handover.mutex);
	}
}
