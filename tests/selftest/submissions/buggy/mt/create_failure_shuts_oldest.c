/* Buggy: when there is no thread to be had, it shuts the oldest client's connection down, to get a thread back.
 * Loses: mt-robustness
 * Why: the oldest client has done nothing wrong: it was only slow, and sees its connection end.
 */
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server.h"

struct client {
	int fd;
	struct client *older, *younger;
};

static struct client ring = {-1, &ring, &ring}; /* ring.younger is the oldest */
static pthread_mutex_t ring_lock = PTHREAD_MUTEX_INITIALIZER;

static void unlink_client(struct client *c)
{
	c->older->younger = c->younger;
	c->younger->older = c->older;
}

static void *serve(void *arg)
{
	struct client *c = arg;

	serve_client(c->fd);
	pthread_mutex_lock(&ring_lock);
	unlink_client(c);
	close(c->fd);
	pthread_mutex_unlock(&ring_lock);
	free(c);
	return NULL;
}

static void make_room(void)
{
	if (ring.younger != &ring)
		shutdown(ring.younger->fd, SHUT_RDWR);
}

void run_server(int listenfd)
{
	for (;;) {
		struct client *c = malloc(sizeof(*c));
		pthread_t thread;
		int fd = tcp_accept(listenfd);

		if (c == NULL) {
			close(fd);
			continue;
		}
		pthread_mutex_lock(&ring_lock);
		c->fd = fd;
		c->younger = &ring;
		c->older = ring.older;
		c->older->younger = c;
		ring.older = c;
		if (pthread_create(&thread, NULL, serve, c) == 0) {
			pthread_detach(thread);
		} else {
			unlink_client(c);
			free(c);
			close(fd);
			make_room();
		}
		pthread_mutex_unlock(&ring_lock);
	}
}
