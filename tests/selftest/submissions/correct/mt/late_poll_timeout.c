/* Correct: poll(2) with a time limit before each accept(2), for ever; each thread gets a block of its own. */
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "server.h"

static void *serve(void *arg)
{
	int connfd = *(int *)arg;

	free(arg);
	serve_client(connfd);
	close(connfd);
	return NULL;
}

void run_server(int listenfd)
{
	struct pollfd incoming = {.fd = listenfd, .events = POLLIN};
	pthread_attr_t detached;

	pthread_attr_init(&detached);
	pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
	for (;;) {
		pthread_t thread;
		int *argument;

		if (poll(&incoming, 1, 100) <= 0)
			continue; /* here a flag to end might be looked at */
		argument = malloc(sizeof(*argument));
		if (argument == NULL) {
			close(tcp_accept(listenfd));
			continue;
		}
		*argument = tcp_accept(listenfd);
		if (pthread_create(&thread, &detached, serve, argument) != 0) {
			fputs("no thread: a client is dropped\n", stderr);
			close(*argument);
			free(argument);
		}
	}
}
