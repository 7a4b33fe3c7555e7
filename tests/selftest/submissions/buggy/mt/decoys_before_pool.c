/* Buggy: a thread for each client waits for its request, then a pool of 64 threads serves it.
 * Loses: mt-threads
 * Why: the pool does the work, in parallel; the threads per client sleep.
 * Either: mt-robustness - 64 halves of a request keep the pool waiting for the rest
 */
#include <err.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "server.h"

#define WORKERS 64

typedef struct request {
	int fd;
	bool served;
	struct request *next;
} request;

static request *queue;
static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t arrived = PTHREAD_COND_INITIALIZER, served = PTHREAD_COND_INITIALIZER;

static void *worker(void *unused)
{
	pthread_mutex_lock(&m);
	for (;;) {
		request *r;

		while ((r = queue) == NULL)
			pthread_cond_wait(&arrived, &m);
		queue = r->next;
		pthread_mutex_unlock(&m);
		serve_client(r->fd);
		close(r->fd);
		pthread_mutex_lock(&m);
		r->served = true;
		pthread_cond_broadcast(&served);
	}
	return unused;
}

static void *client(void *arg)
{
	request r = {.fd = (int)(intptr_t)arg};

	poll(&(struct pollfd){.fd = r.fd, .events = POLLIN}, 1, -1);
	pthread_mutex_lock(&m);
	r.next = queue;
	queue = &r;
	pthread_cond_signal(&arrived);
	while (!r.served)
		pthread_cond_wait(&served, &m);
	pthread_mutex_unlock(&m);
	return NULL;
}

void run_server(int listenfd)
{
	pthread_t tid;

	for (int i = 0; i < WORKERS; i++)
		if (pthread_create(&tid, NULL, worker, NULL) != 0)
			errx(EXIT_FAILURE, "no worker");
	for (;;) {
		int fd = tcp_accept(listenfd);

		if (pthread_create(&tid, NULL, client, (void *)(intptr_t)fd) == 0)
			pthread_detach(tid);
		else
			close(fd);
	}
}
