/* Buggy: run_server starts a detached thread that accepts, and returns.
 * Loses: everything
 * Why: main ends the program when run_server returns, and with it all threads.
 */
#include <pthread.h>
#include <stdint.h>
#include <unistd.h>

#include "server.h"

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;

	serve_client(connfd);
	close(connfd);
	return NULL;
}

static void *acceptor(void *arg)
{
	for (;;) {
		int connfd = tcp_accept((int)(intptr_t)arg);
		pthread_t thread;

		if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd) != 0)
			close(connfd);
		else
			pthread_detach(thread);
	}
	return NULL;
}

void run_server(int listenfd)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, acceptor, (void *)(intptr_t)listenfd) == 0)
		pthread_detach(thread);
}
