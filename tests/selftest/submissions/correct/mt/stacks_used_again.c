/* Correct: stacks of 64 KB of its own, which go to the next thread when theirs has been joined.
 * At most 32 of them are kept. An ending thread hands itself to a reaper, which waits for none that has not ended.
 */
#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "server.h"

#define STACK (64 * 1024)
#define KEPT 32

struct worker {
	pthread_t thread;
	void *stack;
	int connfd;
	struct worker *next;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t has_ended = PTHREAD_COND_INITIALIZER;
static struct worker *ended, *idle;
static int kept;

static void *serve(void *arg)
{
	struct worker *worker = arg;

	serve_client(worker->connfd);
	close(worker->connfd);
	pthread_mutex_lock(&lock);
	worker->next = ended;
	ended = worker;
	pthread_cond_signal(&has_ended);
	pthread_mutex_unlock(&lock);
	return NULL;
}

static struct worker *get_worker(void)
{
	struct worker *worker;

	pthread_mutex_lock(&lock);
	worker = idle;
	if (worker != NULL) {
		idle = worker->next;
		kept--;
	}
	pthread_mutex_unlock(&lock);
	if (worker != NULL || (worker = malloc(sizeof(*worker))) == NULL)
		return worker;
	worker->stack = mmap(NULL, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
	if (worker->stack != MAP_FAILED)
		return worker;
	free(worker);
	return NULL;
}

static void put_worker(struct worker *worker)
{
	pthread_mutex_lock(&lock);
	if (kept < KEPT) {
		worker->next = idle;
		idle = worker;
		kept++;
		worker = NULL;
	}
	pthread_mutex_unlock(&lock);
	if (worker != NULL) {
		munmap(worker->stack, STACK);
		free(worker);
	}
}

static void *reap(void *unused)
{
	for (;;) {
		struct worker *worker;

		pthread_mutex_lock(&lock);
		while (ended == NULL)
			pthread_cond_wait(&has_ended, &lock);
		worker = ended;
		ended = worker->next;
		pthread_mutex_unlock(&lock);
		pthread_join(worker->thread, NULL);
		put_worker(worker);
	}
	return unused;
}

static int start(struct worker *worker)
{
	pthread_attr_t attr;
	pthread_t thread;
	int error = pthread_attr_init(&attr);

	if (error == 0)
		error = pthread_attr_setstack(&attr, worker->stack, STACK);
	pthread_mutex_lock(&lock); /* so that it cannot be reaped before its number is known */
	if (error == 0)
		error = pthread_create(&thread, &attr, serve, worker);
	if (error == 0)
		worker->thread = thread;
	pthread_mutex_unlock(&lock);
	pthread_attr_destroy(&attr);
	return error;
}

void run_server(int listenfd)
{
	pthread_t reaper;

	if ((errno = pthread_create(&reaper, NULL, reap, NULL)) != 0)
		err(EXIT_FAILURE, "pthread_create");
	for (;;) {
		int connfd = tcp_accept(listenfd);
		struct worker *worker = get_worker();

		if (worker != NULL) {
			worker->connfd = connfd;
			if (start(worker) == 0)
				continue;
			put_worker(worker);
		}
		warnx("a client is dropped");
		close(connfd);
	}
}
