/* Correct: a client for which there is no thread is served by the main thread itself. */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "server.h"

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;

	serve_client(connfd);
	close(connfd);
	return NULL;
}

void run_server(int listenfd)
{
	pthread_attr_t attr;

	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	while (1) {
		void *arg = (void *)(intptr_t)tcp_accept(listenfd);
		pthread_t tid;
		int rc = pthread_create(&tid, &attr, serve, arg);

		if (rc != 0) {
			fprintf(stderr, "pthread_create: %s, serving inline\n", strerror(rc));
			serve(arg);
		}
	}
}
