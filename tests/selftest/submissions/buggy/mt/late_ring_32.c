/* Buggy: hands each descriptor over in a ring of 32 slots, each with its own struct, which nobody keeps from being overrun.
 * Loses: mt-races
 * Why: a thread that begins late finds the descriptor of the 32nd client after its own in its slot. */
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>
#include "server.h"

#define SLOTS 32

static struct {
	int connfd;
	unsigned long number;
} ring[SLOTS];

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

		ring[next].connfd = tcp_accept(listenfd);
		if (pthread_create(&thread, NULL, serve, &ring[next].connfd) == 0) {
			pthread_detach(thread);
		} else {
			fputs("no thread: a client is dropped\n", stderr);
			close(ring[next].connfd);
		}
	}
}
