/* Buggy: the thread gets a duplicate of the descriptor, as after a fork, and closes that; the original stays open.
 * Loses: mt-descriptors
 * Why: one descriptor of two remains for each client, which holds the connection open.
 * Either: mt-robustness - descriptors pile up there too, if it counts them
 */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>
#include "server.h"

static void *serve(void *arg)
{
	int fd = (int)(intptr_t)arg;

	pthread_detach(pthread_self());
	serve_client(fd);
	close(fd);
	return NULL;
}

void run_server(int listenfd)
{
	while (1) {
		int connfd = tcp_accept(listenfd);
		int copy = dup(connfd);		/* so that the thread has its own copy of the descriptor */
		pthread_t thread;

		if (copy == -1) {
			perror("dup");
			close(connfd);
			continue;
		}
		if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)copy) != 0) {
			fprintf(stderr, "pthread_create\n");
			close(copy);
			close(connfd);
		}
	}
}
