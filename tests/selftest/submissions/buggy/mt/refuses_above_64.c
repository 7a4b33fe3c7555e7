/* Buggy: at most 64 clients at once; others are turned away.
 * Loses: mt-robustness
 * Why: a flood of 300 needs 300 threads at once. Clients that end make room again, so that nothing fails over time.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>
#include "server.h"

#define MAX_CLIENTS 64

static atomic_int clients;

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;

	serve_client(connfd);
	close(connfd);
	atomic_fetch_sub(&clients, 1);
	return NULL;
}

void run_server(int listenfd)
{
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pthread_t thread;

		if (atomic_fetch_add(&clients, 1) >= MAX_CLIENTS) {
			fprintf(stderr, "too many clients\n");
		} else if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd) == 0) {
			pthread_detach(thread);
			continue;
		}
		atomic_fetch_sub(&clients, 1);
		close(connfd);
	}
}
