/* Buggy: counts the clients that have left without a reply, and their last error, in plain variables.
 * Loses: mt-races
 * Why: two that leave at the same time write to them at the same time. */
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>
#include "server.h"

static struct {
	unsigned long number;
	int last_error;
} lost;

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;
	struct sockaddr_storage client;
	socklen_t length = sizeof(client);

	serve_client(connfd);
	if (getpeername(connfd, (struct sockaddr *)&client, &length) == -1) {
		lost.number++;
		lost.last_error = errno;
	}
	close(connfd);
	return NULL;
}

void run_server(int listenfd)
{
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pthread_t thread;

		if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd) == 0) {
			pthread_detach(thread);
		} else {
			fputs("no thread: a client is dropped\n", stderr);
			close(connfd);
		}
	}
}
