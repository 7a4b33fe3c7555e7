/* Buggy: a ring of 1024 slots, used in turn; if the next one is still in use, the client is dropped.
 * Loses: mt-robustness
 * Why: one silent client is enough: 1024 clients later its slot is the next one, and each new client finds it in use.
 */
#include <err.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "server.h"

#define SLOTS 1024

struct slot {
	atomic_bool used;
	int connfd;
};

static struct slot ring[SLOTS];

static void *serve(void *arg)
{
	struct slot *slot = arg;

	serve_client(slot->connfd);
	close(slot->connfd);
	atomic_store(&slot->used, 0);
	return NULL;
}

void run_server(int listenfd)
{
	unsigned int next = 0;

	for (;;) {
		int connfd = tcp_accept(listenfd);
		struct slot *slot = &ring[next % SLOTS];
		pthread_t thread;

		if (atomic_load(&slot->used)) {
			warnx("slot %u is in use", next % SLOTS);
			close(connfd);
			continue;
		}
		atomic_store(&slot->used, 1);
		slot->connfd = connfd;
		if (pthread_create(&thread, NULL, serve, slot) == 0) {
			pthread_detach(thread);
			next++;
		} else {
			atomic_store(&slot->used, 0);
			close(connfd);
		}
	}
}
