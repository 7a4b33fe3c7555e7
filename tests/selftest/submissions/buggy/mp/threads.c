/* Buggy: a thread for each client: the other part's answer in this part's file.
 * Loses: mp-processes
 * Why: one process serves all; by every other measure it is a right concurrent server.
 * Either: mp-zombies - there is no child that could end.
 */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>
#include "server.h"

static void *client_thread(void *arg)
{
	int connfd = (int)(intptr_t)arg;

	serve_client(connfd);
	close(connfd);
	return NULL;
}

void run_server(int listenfd)
{
	pthread_attr_t detached;

	pthread_attr_init(&detached);
	pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pthread_t id;

		if (pthread_create(&id, &detached, client_thread, (void *)(intptr_t)connfd) != 0) {
			fprintf(stderr, "no thread for a client\n");
			close(connfd);
		}
	}
}
