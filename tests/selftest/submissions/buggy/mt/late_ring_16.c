/* Buggy: hands each descriptor over in a ring of 16 slots, which nobody keeps from being overrun.
 * Loses: mt-races
 * Why: a thread that begins late finds the descriptor of the 16th client after its own in its slot. */
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>
#include "server.h"

#define SLOTS 16

static int ring[SLOTS];

static void *serve(void *arg)
{
	int connfd = *(int *)arg;

	serve_client(connfd);
	close(connfd);
	return NULL;
}

void run_server(int listenfd)
{
	for (unsigned int next = 0;; next = (next + 1) % SLOTS) {
		pthread_t thread;

		ring[next] = tcp_accept(listenfd);
		if (pthread_create(&thread, NULL, serve, &ring[next]) == 0) {
			pthread_detach(thread);
		} else {
			fputs("no thread: a client is dropped\n", stderr);
			close(ring[next]);
		}
	}
}
