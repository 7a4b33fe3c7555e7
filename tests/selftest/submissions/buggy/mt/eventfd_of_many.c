/* Buggy: every 64th thread makes an eventfd to announce a round number of clients, and forgets it.
 * Loses: mt-descriptors
 * Why: a descriptor, not of a connection, stays for every 64 clients.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "server.h"

static atomic_uint served;

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;

	serve_client(connfd);
	close(connfd);
	if ((atomic_fetch_add(&served, 1) + 1) % 64 == 0)
		eventfd_write(eventfd(0, EFD_CLOEXEC), 64);
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
