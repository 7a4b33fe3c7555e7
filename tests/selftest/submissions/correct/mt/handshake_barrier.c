/* Correct: creator and thread meet at a barrier for two once the thread has its copy of the descriptor. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "server.h"

pthread_barrier_t barrier;
int connection;		/* the main thread's before pthread_create and after the barrier */

void *client(void *arg)
{
	int mine = connection;

	pthread_barrier_wait(&barrier);
	pthread_detach(pthread_self());
	serve_client(mine);
	close(mine);
	return arg;
}

void run_server(int listenfd)
{
	pthread_t t;

	if (pthread_barrier_init(&barrier, NULL, 2)) {
		perror("pthread_barrier_init");
		exit(EXIT_FAILURE);
	}
	while (1) {
		connection = tcp_accept(listenfd);
		if (pthread_create(&t, NULL, client, NULL) != 0) {
			close(connection);
			continue;
		}
		pthread_barrier_wait(&barrier);
	}
}
