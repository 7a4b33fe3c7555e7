/* Buggy: ended threads' connections are closed by the main thread, but only when the next client comes.
 * Loses: mt-descriptors
 * Why: a client sees the end of its connection when somebody else connects. Nothing piles up.
 * Either: mt-robustness - what a flood leaves open stays so until the next client
 */
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>
#include "server.h"

struct conn {
	int fd;
	pthread_t thread;
	struct conn *next;
};

static struct conn *ended;
static pthread_mutex_t ended_lock = PTHREAD_MUTEX_INITIALIZER;

static void *serve(void *arg)
{
	struct conn *c = arg;

	serve_client(c->fd);
	pthread_mutex_lock(&ended_lock);
	c->thread = pthread_self();
	c->next = ended;
	ended = c;
	pthread_mutex_unlock(&ended_lock);
	return NULL;
}

static void collect(void)
{
	pthread_mutex_lock(&ended_lock);
	while (ended != NULL) {
		struct conn *c = ended;

		ended = c->next;
		pthread_join(c->thread, NULL);
		close(c->fd);
		free(c);
	}
	pthread_mutex_unlock(&ended_lock);
}

void run_server(int listenfd)
{
	for (;;) {
		int fd = tcp_accept(listenfd);
		struct conn *c;
		pthread_t thread;

		collect();
		c = malloc(sizeof(*c));
		if (c == NULL) {
			close(fd);
			continue;
		}
		c->fd = fd;
		if (pthread_create(&thread, NULL, serve, c) != 0) {
			close(fd);
			free(c);
		}
	}
}
