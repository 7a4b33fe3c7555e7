/* Hostile: names of threads with brackets, blanks and newlines.
 * Loses: nothing
 * Why: they are names, and no more. */
#include <pthread.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <unistd.h>
#include "server.h"

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;

	prctl(PR_SET_NAME, ") Z 1 (\n");
	serve_client(connfd);
	close(connfd);
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
