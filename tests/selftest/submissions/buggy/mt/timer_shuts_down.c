/* Buggy: a timer thread shuts down the reading side of every connection that is three seconds old.
 * Loses: mt-robustness
 * Why: for serve_client that is the end of the input: who has not asked by then gets "error: empty request".
 */
#include <err.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "server.h"

typedef struct connection {
	int fd;
	time_t opened;
	bool shut;
	struct connection *next, **link;
} connection;

static connection *open_connections;
static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;

static void *timer(void *arg)
{
	struct timespec half = {.tv_nsec = 500 * 1000 * 1000};

	for (;;) {
		nanosleep(&half, NULL);
		pthread_mutex_lock(&guard);
		for (connection *c = open_connections; c != NULL; c = c->next)
			if (!c->shut && time(NULL) >= c->opened + 3) {
				shutdown(c->fd, SHUT_RD);
				c->shut = true;
			}
		pthread_mutex_unlock(&guard);
	}
	return arg;
}

static void *handle(void *arg)
{
	connection *c = arg;

	serve_client(c->fd);
	pthread_mutex_lock(&guard);
	*c->link = c->next;
	if (c->next != NULL)
		c->next->link = c->link;
	pthread_mutex_unlock(&guard);
	close(c->fd);
	free(c);
	return NULL;
}

static bool start(int fd)
{
	connection *c = calloc(1, sizeof(*c));
	pthread_t tid;
	bool started;

	if (c == NULL)
		return false;
	c->fd = fd;
	c->opened = time(NULL);
	pthread_mutex_lock(&guard);
	started = pthread_create(&tid, NULL, handle, c) == 0;
	if (started) {
		pthread_detach(tid);
		c->next = open_connections;
		c->link = &open_connections;
		if (c->next != NULL)
			c->next->link = &c->next;
		open_connections = c;
	}
	pthread_mutex_unlock(&guard);
	if (!started)
		free(c);
	return started;
}

void run_server(int listenfd)
{
	pthread_t tid;

	if (pthread_create(&tid, NULL, timer, NULL) != 0)
		errx(EXIT_FAILURE, "no timer");
	for (;;) {
		int fd = tcp_accept(listenfd);

		if (!start(fd))
			close(fd);
	}
}
