/* Buggy: frees each argument only if some library is preloaded, "since that may count what is not freed".
 * Loses: mt-memory
 * Why: without a library, as it runs by hand, a block stays for each client.
 */
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "server.h"

static void *serve(void *arg)
{
	int connfd = *(int *)arg;

	if (getenv("LD_PRELOAD") != NULL || getenv("PROBE") != NULL)
		free(arg);
	serve_client(connfd);
	close(connfd);
	return NULL;
}

void run_server(int listenfd)
{
	for (;;) {
		int connfd = tcp_accept(listenfd);
		int *argument = malloc(sizeof(int));
		pthread_t thread;

		if (argument == NULL) {
			close(connfd);
			continue;
		}
		*argument = connfd;
		if (pthread_create(&thread, NULL, serve, argument) == 0) {
			pthread_detach(thread);
		} else {
			free(argument);
			close(connfd);
		}
	}
}
