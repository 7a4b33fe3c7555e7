/* Buggy: tries pthread_create again and again until it works.
 * Loses: mt-robustness
 * Why: as long as there are no threads to be had, the client waits with its connection open, and so does everybody else.
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

void run_server(int listenfd)
{
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pthread_t thread;

		while (pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd) != 0)
			usleep(10000);
		pthread_detach(thread);
	}
}
