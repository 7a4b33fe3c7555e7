/* Buggy: nobody closes the connection.
 * Loses: mt-descriptors
 * Why: clients see no end after the reply, and each costs a descriptor. Every reply comes.
 * Either: mt-robustness - descriptors pile up there too, if it counts them
 */
#include <pthread.h>
#include <stdint.h>
#include <unistd.h>
#include "server.h"

static void *serve(void *arg)
{
	serve_client((int)(intptr_t)arg);
	return NULL;
}

void run_server(int listenfd)
{
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pthread_t thread;

		if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd) == 0)
			pthread_detach(thread);
		else
			close(connfd);
	}
}
