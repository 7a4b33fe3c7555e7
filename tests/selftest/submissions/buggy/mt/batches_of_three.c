/* Buggy: collects three clients before it starts their threads, "to save wake-ups".
 * Loses: everything
 * Why: a client alone waits until two more have come.
 */
#include <pthread.h>
#include <stdint.h>
#include <unistd.h>

#include "server.h"

#define BATCH 3

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;

	serve_client(connfd);
	close(connfd);
	return NULL;
}

void run_server(int listenfd)
{
	for (;;) {
		int batch[BATCH];

		for (int i = 0; i < BATCH; i++)
			batch[i] = tcp_accept(listenfd);
		for (int i = 0; i < BATCH; i++) {
			pthread_t thread;

			if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)batch[i]) == 0)
				pthread_detach(thread);
			else
				close(batch[i]);
		}
	}
}
