/* Correct: the initial thread starts one that accepts, and ends by pthread_exit: the process goes on without it. */
#include <err.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "server.h"

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;

	serve_client(connfd);
	close(connfd);
	return NULL;
}

static void *accept_clients(void *arg)
{
	int listenfd = (int)(intptr_t)arg;

	for (;;) {
		int connfd = tcp_accept(listenfd);
		pthread_t thread;

		if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd) == 0)
			pthread_detach(thread);
		else
			close(connfd);
	}
	return NULL;
}

void run_server(int listenfd)
{
	pthread_t acceptor;

	if (pthread_create(&acceptor, NULL, accept_clients, (void *)(intptr_t)listenfd) != 0)
		errx(EXIT_FAILURE, "no thread to accept clients");
	pthread_detach(acceptor);
	pthread_exit(NULL);
}
