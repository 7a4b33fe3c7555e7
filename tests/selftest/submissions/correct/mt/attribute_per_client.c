/* Correct: a new attribute object for each client, with its detach state, stack size and guard, destroyed at once. */
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

static int start(int connfd)
{
	pthread_attr_t attr;
	pthread_t thread;
	int error = pthread_attr_init(&attr);

	if (error != 0)
		return error;
	error = pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	if (error == 0)
		error = pthread_attr_setstacksize(&attr, 256 * 1024);
	if (error == 0)
		error = pthread_attr_setguardsize(&attr, 8192);
	if (error == 0)
		error = pthread_create(&thread, &attr, serve, (void *)(intptr_t)connfd);
	pthread_attr_destroy(&attr);
	return error;
}

void run_server(int listenfd)
{
	for (;;) {
		int connfd = tcp_accept(listenfd);
		int error = start(connfd);

		if (error != 0) {
			fprintf(stderr, "mt_server: %s\n", strerror(error));
			close(connfd);
		}
	}
}
