/* Correct: a doubly linked list of the connections in service, under a mutex; each thread takes itself off it. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "server.h"

struct conn {
	int fd;
	struct conn *prev, *next;
};

static struct conn head = { -1, &head, &head };
static pthread_mutex_t head_lock = PTHREAD_MUTEX_INITIALIZER;

static struct conn *conn_new(int fd)
{
	struct conn *c = malloc(sizeof *c);

	if (!c)
		return NULL;
	c->fd = fd;
	pthread_mutex_lock(&head_lock);
	c->next = head.next;
	c->prev = &head;
	head.next->prev = c;
	head.next = c;
	pthread_mutex_unlock(&head_lock);
	return c;
}

static void conn_delete(struct conn *c)
{
	pthread_mutex_lock(&head_lock);
	c->prev->next = c->next;
	c->next->prev = c->prev;
	pthread_mutex_unlock(&head_lock);
	close(c->fd);
	free(c);
}

static void *conn_main(void *arg)
{
	struct conn *c = arg;

	pthread_detach(pthread_self());
	serve_client(c->fd);
	conn_delete(c);
	return NULL;
}

void run_server(int listenfd)
{
	for (;;) {
		int fd = tcp_accept(listenfd);
		struct conn *c = conn_new(fd);
		pthread_t t;

		if (!c) {
			close(fd);
		} else if (pthread_create(&t, NULL, conn_main, c)) {
			perror("pthread_create");
			conn_delete(c);
		}
	}
}
