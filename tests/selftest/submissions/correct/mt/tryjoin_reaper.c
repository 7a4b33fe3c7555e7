/* Correct: a thread joins whoever has ended, with pthread_tryjoin_np over the whole list: it waits for no silent client.
 * An ending thread wakes it by a semaphore. One that is woken before that thread has really ended looks again a little later.
 */
#define _GNU_SOURCE
#include <err.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "server.h"

struct worker {
	pthread_t thread;
	int connfd;
	struct worker *next;
};

static struct worker *workers;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static sem_t ends;

static void *serve(void *arg)
{
	struct worker *worker = arg;

	serve_client(worker->connfd);
	close(worker->connfd);
	sem_post(&ends);
	return NULL;
}

static bool join_one(void)
{
	struct worker *gone = NULL;

	pthread_mutex_lock(&lock);
	for (struct worker **link = &workers; *link != NULL; link = &(*link)->next)
		if (pthread_tryjoin_np((*link)->thread, NULL) == 0) {
			gone = *link;
			*link = gone->next;
			break;
		}
	pthread_mutex_unlock(&lock);
	free(gone);
	return gone != NULL;
}

static void *reap(void *unused)
{
	struct timespec moment = {.tv_nsec = 2 * 1000 * 1000};

	for (;;) {
		while (sem_wait(&ends) == -1)
			;
		while (!join_one())
			nanosleep(&moment, NULL);
	}
	return unused;
}

void run_server(int listenfd)
{
	pthread_t reaper;

	if (sem_init(&ends, 0, 0) == -1 || pthread_create(&reaper, NULL, reap, NULL) != 0)
		errx(EXIT_FAILURE, "cannot start");
	for (;;) {
		struct worker *worker = malloc(sizeof(*worker));
		int connfd = tcp_accept(listenfd);

		if (worker == NULL) {
			close(connfd);
			continue;
		}
		worker->connfd = connfd;
		pthread_mutex_lock(&lock);
		if (pthread_create(&worker->thread, NULL, serve, worker) == 0) {
			worker->next = workers;
			workers = worker;
		} else {
			free(worker);
			close(connfd);
		}
		pthread_mutex_unlock(&lock);
	}
}
