/* Correct: mallopt for one arena, and each thread's line of log is allocated, printed to nobody, and freed. */
#define _GNU_SOURCE
#include <malloc.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "server.h"

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;
	char *line = NULL;

	serve_client(connfd);
	if (asprintf(&line, "descriptor %d was served\n", connfd) == -1)
		line = NULL;
	free(line);
	close(connfd);
	return NULL;
}

void run_server(int listenfd)
{
	mallopt(M_ARENA_MAX, 1);
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pthread_t thread;

		if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd) == 0)
			pthread_detach(thread);
		else
			close(connfd);
	}
}
