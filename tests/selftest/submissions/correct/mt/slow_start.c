/* Correct: takes 300 ms before the first accept, as a server that reads its configuration; clients wait in the backlog. */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "server.h"

static void *serve(void *arg)
{
	pthread_detach(pthread_self());
	serve_client((int)(intptr_t)arg);
	close((int)(intptr_t)arg);
	return NULL;
}

static void warm_up(void)
{
	struct timespec left = { .tv_nsec = 300 * 1000 * 1000 };

	while (nanosleep(&left, &left) == -1)
		;
}

void run_server(int listenfd)
{
	warm_up();
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pthread_t thread;

		if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd) != 0) {
			fputs("thread creation failed\n", stderr);
			close(connfd);
		}
	}
}
