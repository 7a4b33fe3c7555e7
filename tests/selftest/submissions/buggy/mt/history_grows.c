/* Buggy: keeps when each client was served, in an array that doubles when it is full.
 * Loses: mt-memory
 * Why: eight bytes stay for each client, for ever.
 */
#include <err.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "server.h"

static time_t *history;
static size_t used, room;

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;

	serve_client(connfd);
	close(connfd);
	return NULL;
}

static void remember(void)
{
	if (used == room) {
		size_t more = room == 0 ? 64 : 2 * room;
		time_t *moved = realloc(history, more * sizeof(*history));

		if (moved == NULL)
			return;
		history = moved;
		room = more;
	}
	history[used++] = time(NULL);
}

void run_server(int listenfd)
{
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pthread_t thread;

		remember();
		if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd) == 0)
			pthread_detach(thread);
		else
			close(connfd);
	}
}
