/* Buggy: every fortieth connection is duplicated for a "sample" to be looked at later, which nobody ever does.
 * Loses: mt-descriptors
 * Why: that client sees no end of its connection, and its descriptor stays.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <unistd.h>

#include "server.h"

static atomic_uint clients;
static atomic_int sample = -1;

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;

	if (atomic_fetch_add(&clients, 1) % 40 == 39)
		atomic_store(&sample, dup(connfd));
	serve_client(connfd);
	close(connfd);
	return NULL;
}

void run_server(int listenfd)
{
	for (;;) {
		int fd = tcp_accept(listenfd);
		pthread_t thread;

		if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)fd) == 0)
			pthread_detach(thread);
		else
			close(fd);
	}
}
