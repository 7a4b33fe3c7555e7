/* Buggy: eight worker threads, created at start, take clients from a queue.
 * Loses: mt-threads mt-speedup mt-robustness
 * Why: no thread per client: with eight clients there are no more threads than before. Eight are just enough to be
 * concurrent; of eight long requests and a client that comes to say something later, one waits, and in a crowd all do.
 */
#include <err.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "server.h"

enum { WORKERS = 8 };

struct item {
	int connfd;
	struct item *next;
};

static struct item *first, **last = &first;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t filled = PTHREAD_COND_INITIALIZER;

static void put(struct item *item)
{
	item->next = NULL;
	pthread_mutex_lock(&mutex);
	*last = item;
	last = &item->next;
	pthread_cond_signal(&filled);
	pthread_mutex_unlock(&mutex);
}

static struct item *get(void)
{
	struct item *item;

	pthread_mutex_lock(&mutex);
	while (first == NULL)
		pthread_cond_wait(&filled, &mutex);
	item = first;
	first = item->next;
	if (first == NULL)
		last = &first;
	pthread_mutex_unlock(&mutex);
	return item;
}

static void *work(void *arg)
{
	for (;;) {
		struct item *item = get();

		serve_client(item->connfd);
		close(item->connfd);
		free(item);
	}
	return arg;
}

void run_server(int listenfd)
{
	for (int i = 0; i < WORKERS; i++) {
		pthread_t thread;

		if (pthread_create(&thread, NULL, work, NULL) != 0)
			errx(EXIT_FAILURE, "cannot start worker %d", i);
	}
	for (;;) {
		int connfd = tcp_accept(listenfd);
		struct item *item = malloc(sizeof(*item));

		if (item == NULL) {
			close(connfd);
			continue;
		}
		item->connfd = connfd;
		put(item);
	}
}
