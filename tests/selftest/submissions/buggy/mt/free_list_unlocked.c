/* Buggy: blocks for arguments come from a list, to which the threads give them back, without a lock.
 * Loses: mt-races
 * Why: the main thread and a thread, or two threads, may change its head at once.
 * Either: mt-memory - if they do, blocks get lost, or one is used twice
 * Either: mt-descriptors - likewise
 * Either: mt-speedup - likewise
 */
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "server.h"

union block {
	union block *next;
	int connfd;
};

static union block *blocks;

static void *serve(void *arg)
{
	union block *block = arg;
	int connfd = block->connfd;

	serve_client(connfd);
	close(connfd);
	block->next = blocks;
	blocks = block;
	return NULL;
}

void run_server(int listenfd)
{
	for (;;) {
		int connfd = tcp_accept(listenfd);
		union block *block = blocks;
		pthread_t thread;

		if (block != NULL)
			blocks = block->next;
		else
			block = malloc(sizeof(*block));
		if (block == NULL) {
			close(connfd);
			continue;
		}
		block->connfd = connfd;
		if (pthread_create(&thread, NULL, serve, block) == 0) {
			pthread_detach(thread);
		} else {
			close(connfd);
			block->next = blocks;
			blocks = block;
		}
	}
}
