/* Buggy: the ended threads put themselves on a list; the main thread joins the list at every hundredth client, but for its
 * last element, which a slip of the loop leaves out.
 * Loses: mt-memory
 * Why: a hundred stacks pile up in between, and one in a hundred is never joined.
 */
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "server.h"

struct ended {
	pthread_t thread;
	int connfd;
	struct ended *next;
};

static struct ended *list;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void *serve(void *arg)
{
	struct ended *self = arg;

	serve_client(self->connfd);
	close(self->connfd);
	pthread_mutex_lock(&lock);
	self->thread = pthread_self();
	self->next = list;
	list = self;
	pthread_mutex_unlock(&lock);
	return NULL;
}

static void join_list(void)
{
	struct ended *e;

	pthread_mutex_lock(&lock);
	e = list;
	list = NULL;
	pthread_mutex_unlock(&lock);
	while (e != NULL && e->next != NULL) {
		struct ended *next = e->next;

		pthread_join(e->thread, NULL);
		free(e);
		e = next;
	}
}

void run_server(int listenfd)
{
	for (unsigned int clients = 1; ; clients++) {
		int connfd = tcp_accept(listenfd);
		struct ended *e = malloc(sizeof(*e));
		pthread_t thread;

		if (clients % 100 == 0)
			join_list();
		if (e != NULL)
			e->connfd = connfd;
		if (e == NULL || pthread_create(&thread, NULL, serve, e) != 0) {
			free(e);
			close(connfd);
		}
	}
}
