/* Buggy: C11 threads that put themselves on a list of clients and take themselves off it, without a mutex.
 * Loses: mt-races
 * Why: two threads may change the same pointers at once.
 * Either: mt-memory - if they do, elements may get lost
 * Either: mt-descriptors - or the server ends
 * Either: mt-speedup - likewise
 */
#include <stdlib.h>
#include <threads.h>
#include <unistd.h>

#include "server.h"

struct client {
	int fd;
	struct client *next, *previous;
};

static struct client clients = {-1, &clients, &clients};

static int serve(void *arg)
{
	struct client *c = arg;

	c->next = clients.next;
	c->previous = &clients;
	clients.next->previous = c;
	clients.next = c;
	serve_client(c->fd);
	c->next->previous = c->previous;
	c->previous->next = c->next;
	close(c->fd);
	free(c);
	return 0;
}

void run_server(int listenfd)
{
	for (;;) {
		int fd = tcp_accept(listenfd);
		struct client *c = malloc(sizeof(*c));
		thrd_t thread;

		if (c != NULL)
			c->fd = fd;
		if (c != NULL && thrd_create(&thread, serve, c) == thrd_success) {
			thrd_detach(thread);
		} else {
			free(c);
			close(fd);
		}
	}
}
