/* Buggy: sixteen places for arguments, used in turn: "sixteen threads have surely read theirs by then".
 * Loses: mt-races
 * Why: the place of a thread that starts late is overwritten sixteen clients later.
 * Either: mt-memory - many clients at once meet the race by themselves
 * Either: mt-speedup - likewise
 */
#include <pthread.h>
#include <unistd.h>

#include "server.h"

#define PLACES 16

static void *serve(void *arg)
{
	int connfd = *(int *)arg;

	serve_client(connfd);
	close(connfd);
	return NULL;
}

void run_server(int listenfd)
{
	int places[PLACES];

	for (unsigned int i = 0; ; i = (i + 1) % PLACES) {
		pthread_t thread;

		places[i] = tcp_accept(listenfd);
		if (pthread_create(&thread, NULL, serve, &places[i]) == 0)
			pthread_detach(thread);
		else
			close(places[i]);
	}
}
