/* Buggy: a second thread joins the threads in the order in which they were created.
 * Loses: mt-memory
 * Why: behind one silent client, the threads of all that came after it stay, with their stacks.
 */
#include <err.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "server.h"

struct worker {
	pthread_t thread;
	int connfd;
	struct worker *next;
};

static struct worker *oldest, **end = &oldest;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t nonempty = PTHREAD_COND_INITIALIZER;

static void *serve(void *arg)
{
	struct worker *worker = arg;

	serve_client(worker->connfd);
	close(worker->connfd);
	return NULL;
}

static void *join_all(void *unused)
{
	for (;;) {
		struct worker *worker;

		pthread_mutex_lock(&lock);
		while (oldest == NULL)
			pthread_cond_wait(&nonempty, &lock);
		worker = oldest;
		oldest = worker->next;
		if (oldest == NULL)
			end = &oldest;
		pthread_mutex_unlock(&lock);
		pthread_join(worker->thread, NULL);
		free(worker);
	}
	return unused;
}

void run_server(int listenfd)
{
	pthread_t joiner;

	if (pthread_create(&joiner, NULL, join_all, NULL) != 0)
		errx(EXIT_FAILURE, "no thread to join the others");
	for (;;) {
		int connfd = tcp_accept(listenfd);
		struct worker *worker = calloc(1, sizeof(*worker));

		if (worker != NULL)
			worker->connfd = connfd;
		if (worker == NULL || pthread_create(&worker->thread, NULL, serve, worker) != 0) {
			free(worker);
			close(connfd);
			continue;
		}
		pthread_mutex_lock(&lock);
		*end = worker;
		end = &worker->next;
		pthread_cond_signal(&nonempty);
		pthread_mutex_unlock(&lock);
	}
}
