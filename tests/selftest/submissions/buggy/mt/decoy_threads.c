/* Buggy: a thread for each client, which waits for the request and then gives the connection to the one thread that serves.
 * Loses: mt-threads mt-speedup
 * Why: the threads per client are for show.
 * Either: mt-robustness - half a request keeps the one thread waiting for the rest
 */
#include <err.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "server.h"

struct job {
	int connfd;
	sem_t done;
	struct job *next;
};

static struct job *first, **last = &first;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t more = PTHREAD_COND_INITIALIZER;

static void *serve_all(void *unused)
{
	for (;;) {
		struct job *job;

		pthread_mutex_lock(&lock);
		while (first == NULL)
			pthread_cond_wait(&more, &lock);
		job = first;
		if ((first = job->next) == NULL)
			last = &first;
		pthread_mutex_unlock(&lock);
		serve_client(job->connfd);
		close(job->connfd);
		sem_post(&job->done);
	}
	return unused;
}

static void *decoy(void *arg)
{
	struct job job = {.connfd = (int)(intptr_t)arg};
	struct pollfd request = {.fd = job.connfd, .events = POLLIN};

	sem_init(&job.done, 0, 0);
	poll(&request, 1, -1);
	pthread_mutex_lock(&lock);
	*last = &job;
	last = &job.next;
	pthread_cond_signal(&more);
	pthread_mutex_unlock(&lock);
	while (sem_wait(&job.done) == -1)
		;
	sem_destroy(&job.done);
	return NULL;
}

void run_server(int listenfd)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, serve_all, NULL) != 0)
		errx(EXIT_FAILURE, "no thread");
	for (;;) {
		int connfd = tcp_accept(listenfd);

		if (pthread_create(&thread, NULL, decoy, (void *)(intptr_t)connfd) == 0)
			pthread_detach(thread);
		else
			close(connfd);
	}
}
