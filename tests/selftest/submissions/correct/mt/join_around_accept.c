/* Correct: ended threads go to a list, which the main thread joins after each accept.
 * What ended since the last client stays unjoined until the next: at most as many as were served at once.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "server.h"

struct connection
{
	int fd;
	pthread_t thread;
	struct connection* next;
};

static pthread_mutex_t done_mutex = PTHREAD_MUTEX_INITIALIZER;
static struct connection* done_head;

static void* connection_thread(void* arg)
{
	struct connection* c = arg;

	serve_client(c->fd);
	close(c->fd);

	pthread_mutex_lock(&done_mutex);
	c->thread = pthread_self();
	c->next = done_head;
	done_head = c;
	pthread_mutex_unlock(&done_mutex);
	return NULL;
}

static void join_done(void)
{
	struct connection* list;

	pthread_mutex_lock(&done_mutex);
	list = done_head;
	done_head = NULL;
	pthread_mutex_unlock(&done_mutex);

	while (list)
	{
		struct connection* next = list->next;
		pthread_join(list->thread, NULL);
		free(list);
		list = next;
	}
}

void run_server(int listenfd)
{
	for (;;)
	{
		int fd = tcp_accept(listenfd);
		struct connection* c;
		pthread_t unused;

		join_done();
		c = malloc(sizeof *c);
		if (!c)
		{
			perror("malloc");
			close(fd);
			continue;
		}
		c->fd = fd;
		if (pthread_create(&unused, NULL, connection_thread, c))
		{
			fprintf(stderr, "could not start a thread, sorry\n");
			free(c);
			close(fd);
		}
	}
}
