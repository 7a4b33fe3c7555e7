/* Buggy: asks for TSAN_OPTIONS in the environment, and locks its list of clients only if it is there.
 * Loses: mt-races
 * Why: without it two threads may change the list at once.
 * Either: mt-memory - if they do, clients get lost
 * Either: mt-descriptors - or the server ends
 * Either: mt-speedup - likewise
 */
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "server.h"

struct client {
	int fd;
	struct client *next, *previous;
};

static struct client clients = {-1, &clients, &clients};
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int locking;

static void lock(void)
{
	if (locking)
		pthread_mutex_lock(&mutex);
}

static void unlock(void)
{
	if (locking)
		pthread_mutex_unlock(&mutex);
}

static void *serve(void *arg)
{
	struct client *c = arg;

	lock();
	c->next = clients.next;
	c->previous = &clients;
	clients.next->previous = c;
	clients.next = c;
	unlock();
	serve_client(c->fd);
	lock();
	c->next->previous = c->previous;
	c->previous->next = c->next;
	unlock();
	close(c->fd);
	free(c);
	return NULL;
}

void run_server(int listenfd)
{
	locking = getenv("TSAN_OPTIONS") != NULL;
	for (;;) {
		int fd = tcp_accept(listenfd);
		struct client *c = malloc(sizeof(*c));
		pthread_t thread;

		if (c != NULL)
			c->fd = fd;
		if (c != NULL && pthread_create(&thread, NULL, serve, c) == 0) {
			pthread_detach(thread);
		} else {
			free(c);
			close(fd);
		}
	}
}
