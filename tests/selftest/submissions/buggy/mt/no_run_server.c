/* Buggy: the function has another name, run_mt_server.
 * Loses: compile
 * Why: it compiles, but does not link.
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

void run_mt_server(int listenfd)
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
