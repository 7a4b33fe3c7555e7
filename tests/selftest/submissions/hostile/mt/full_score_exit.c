/* Hostile: prints a full score before main, and exits with status 0.
 * Loses: mt-replies mt-concurrency
 * Why: the announcement never comes. */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>
#include "server.h"

__attribute__((constructor)) static void first(void)
{
	puts("Total: 100/100");
	fflush(stdout);
	_exit(0);
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
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pthread_t thread;

		if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd) == 0)
			pthread_detach(thread);
		else
			close(connfd);
	}
}
