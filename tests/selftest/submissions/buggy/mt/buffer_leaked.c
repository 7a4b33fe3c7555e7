/* Buggy: each thread allocates a buffer for its log line and never frees it.
 * Loses: mt-memory
 * Why: a small block stays for each client; stacks and descriptors do not.
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
	if (asprintf(&line, "descriptor %d done\n", connfd) != -1)
		fputs(line, stderr);
	close(connfd);
	return NULL;
}

void run_server(int listenfd)
{
	pthread_attr_t attr;

	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pthread_t thread;

		if (pthread_create(&thread, &attr, serve, (void *)(intptr_t)connfd) != 0)
			close(connfd);
	}
}
