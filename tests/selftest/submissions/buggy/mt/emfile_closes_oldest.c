/* Buggy: calls accept(2) itself; when there are no descriptors left, it shuts the oldest connection down.
 * Loses: mt-robustness
 * Why: the oldest client was only slow. The newest one could have waited in the listen queue.
 */
#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server.h"

struct client {
	int fd;
	struct client *previous, *next;
};

static struct client *oldest, *newest;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void add(struct client *c)
{
	c->next = NULL;
	c->previous = newest;
	if (newest != NULL)
		newest->next = c;
	else
		oldest = c;
	newest = c;
}

static void take_off(struct client *c)
{
	if (c->previous != NULL)
		c->previous->next = c->next;
	else
		oldest = c->next;
	if (c->next != NULL)
		c->next->previous = c->previous;
	else
		newest = c->previous;
}

static void *serve(void *arg)
{
	struct client *c = arg;

	serve_client(c->fd);
	pthread_mutex_lock(&lock);
	take_off(c);
	close(c->fd);
	pthread_mutex_unlock(&lock);
	free(c);
	return NULL;
}

static int next_client(int listenfd)
{
	for (;;) {
		int fd = accept(listenfd, NULL, NULL);

		if (fd >= 0)
			return fd;
		if (errno == EBADF || errno == EINVAL || errno == ENOTSOCK)
			err(EXIT_FAILURE, "accept");
		if (errno == EMFILE || errno == ENFILE) {
			pthread_mutex_lock(&lock);
			if (oldest != NULL)
				shutdown(oldest->fd, SHUT_RDWR);
			pthread_mutex_unlock(&lock);
			usleep(10000);
		}
	}
}

void run_server(int listenfd)
{
	for (;;) {
		int fd = next_client(listenfd);
		struct client *c = malloc(sizeof(*c));
		pthread_t thread;

		if (c == NULL) {
			close(fd);
			continue;
		}
		c->fd = fd;
		pthread_mutex_lock(&lock);
		add(c);
		if (pthread_create(&thread, NULL, serve, c) == 0) {
			pthread_detach(thread);
		} else {
			take_off(c);
			close(fd);
			free(c);
		}
		pthread_mutex_unlock(&lock);
	}
}
