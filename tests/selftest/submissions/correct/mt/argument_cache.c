/* Correct: blocks for arguments come from a free list under a mutex, which keeps 64 of them at most. */
#include <err.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "server.h"

#define MOST 64

struct block {
	int connfd;
	struct block *next;
};

static struct block *cache;
static int cached;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static struct block *get_block(void)
{
	struct block *block;

	pthread_mutex_lock(&lock);
	block = cache;
	if (block != NULL) {
		cache = block->next;
		cached--;
	}
	pthread_mutex_unlock(&lock);
	return block != NULL ? block : malloc(sizeof(*block));
}

static void put_block(struct block *block)
{
	pthread_mutex_lock(&lock);
	if (cached < MOST) {
		block->next = cache;
		cache = block;
		cached++;
		block = NULL;
	}
	pthread_mutex_unlock(&lock);
	free(block);
}

static void *serve(void *arg)
{
	struct block *block = arg;
	int connfd = block->connfd;

	put_block(block);
	serve_client(connfd);
	close(connfd);
	return NULL;
}

void run_server(int listenfd)
{
	for (;;) {
		int connfd = tcp_accept(listenfd);
		struct block *block = get_block();
		pthread_t thread;

		if (block == NULL) {
			close(connfd);
			continue;
		}
		block->connfd = connfd;
		if (pthread_create(&thread, NULL, serve, block) == 0) {
			pthread_detach(thread);
		} else {
			warnx("no thread");
			put_block(block);
			close(connfd);
		}
	}
}
