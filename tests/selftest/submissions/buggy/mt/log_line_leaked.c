/* Buggy: asprintf for each client's log line, without a free.
 * Loses: mt-memory
 * Why: some thirty bytes stay for each client.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include "server.h"

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;
	char *line;

	serve_client(connfd);
	if (asprintf(&line, "descriptor %d was served\n", connfd) != -1 && connfd > 100000)
		fputs(line, stderr);
	close(connfd);
	return NULL;
}

void run_server(int listenfd)
{
	for (;;) {
		int fd = tcp_accept(listenfd);
		pthread_t thread;

		if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)fd) == 0)
			pthread_detach(thread);
		else
			close(fd);
	}
}
