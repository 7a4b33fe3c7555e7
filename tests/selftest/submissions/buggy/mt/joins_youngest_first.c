/* Buggy: a second thread pops the youngest thread off a stack and joins it, then the next one.
 * Loses: mt-memory
 * Why: when it has popped a silent client's thread it waits for that one; all that end meanwhile stay.
 */
#include <err.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <unistd.h>

#include "server.h"

typedef struct node {
	struct node *below;
	pthread_t tid;
	int fd;
} node_t;

static node_t *top;
static pthread_mutex_t top_lock = PTHREAD_MUTEX_INITIALIZER;
static sem_t nodes;

static void *run(void *arg)
{
	node_t *node = arg;

	serve_client(node->fd);
	close(node->fd);
	return NULL;
}

static void push(node_t *node)
{
	pthread_mutex_lock(&top_lock);
	node->below = top;
	top = node;
	pthread_mutex_unlock(&top_lock);
	sem_post(&nodes);
}

static node_t *pop(void)
{
	node_t *node;

	while (sem_wait(&nodes) == -1)
		;
	pthread_mutex_lock(&top_lock);
	node = top;
	top = node->below;
	pthread_mutex_unlock(&top_lock);
	return node;
}

static void *collect(void *arg)
{
	for (;;) {
		node_t *node = pop();

		pthread_join(node->tid, NULL);
		free(node);
	}
	return arg;
}

void run_server(int listenfd)
{
	pthread_t collector;

	if (sem_init(&nodes, 0, 0) == -1 || pthread_create(&collector, NULL, collect, NULL) != 0)
		errx(EXIT_FAILURE, "cannot start");
	while (1) {
		int fd = tcp_accept(listenfd);
		node_t *node = malloc(sizeof(node_t));

		if (node == NULL) {
			close(fd);
			continue;
		}
		node->fd = fd;
		if (pthread_create(&node->tid, NULL, run, node) == 0) {
			push(node);
		} else {
			free(node);
			close(fd);
		}
	}
}
