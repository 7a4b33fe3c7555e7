/* Correct: three threads accept; a barrier has them begin together, when all of them are there. */
#include <err.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "server.h"

#define ACCEPTORS 3

static pthread_barrier_t all_there;

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;

	serve_client(connfd);
	close(connfd);
	return NULL;
}

static void *accept_clients(void *arg)
{
	int listenfd = (int)(intptr_t)arg;

	pthread_barrier_wait(&all_there);
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pthread_t thread;

		if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd) == 0)
			pthread_detach(thread);
		else
			close(connfd);
	}
	return NULL;
}

void run_server(int listenfd)
{
	void *arg = (void *)(intptr_t)listenfd;

	if (pthread_barrier_init(&all_there, NULL, ACCEPTORS) != 0)
		errx(EXIT_FAILURE, "pthread_barrier_init");
	for (int i = 1; i < ACCEPTORS; i++) {
		pthread_t thread;

		if (pthread_create(&thread, NULL, accept_clients, arg) != 0)
			errx(EXIT_FAILURE, "pthread_create");
	}
	accept_clients(arg);
}
