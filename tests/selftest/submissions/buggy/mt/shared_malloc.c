/* Buggy: a malloc'ed argument, but allocated once before the loop.
 * Loses: mt-races
 * Why: all the threads share the one block; malloc alone does not help.
 * Either: mt-robustness - many clients at once meet the race by themselves
 * Either: mt-memory - so may eight at once, if they connect in a burst
 * Either: mt-speedup - likewise
 */
#include <err.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "server.h"

struct client {
	int connfd;
};

static void *serve(void *arg)
{
	struct client client = *(struct client *)arg;

	serve_client(client.connfd);
	close(client.connfd);
	return NULL;
}

void run_server(int listenfd)
{
	struct client *client = malloc(sizeof(*client));

	if (client == NULL)
		err(EXIT_FAILURE, "malloc");
	for (;;) {
		pthread_t thread;

		client->connfd = tcp_accept(listenfd);
		if (pthread_create(&thread, NULL, serve, client) != 0) {
			warnx("pthread_create");
			close(client->connfd);
			continue;
		}
		pthread_detach(thread);
	}
}
