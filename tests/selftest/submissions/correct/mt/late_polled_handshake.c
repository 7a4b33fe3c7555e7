/* Correct: the creator polls, with a pause, until the thread has copied the descriptor, however long that takes. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>
#include "server.h"

struct handover {
	int connfd;
	atomic_bool taken;
};

static void *serve(void *arg)
{
	struct handover *handover = arg;
	int connfd = handover->connfd;

	atomic_store(&handover->taken, 1);
	serve_client(connfd);
	close(connfd);
	return NULL;
}

void run_server(int listenfd)
{
	static const struct timespec pause = {.tv_nsec = 200 * 1000};

	for (;;) {
		struct handover handover = {.connfd = tcp_accept(listenfd)};
		pthread_t thread;

		if (pthread_create(&thread, NULL, serve, &handover) != 0) {
			fputs("no thread: a client is dropped\n", stderr);
			close(handover.connfd);
			continue;
		}
		pthread_detach(thread);
		while (!atomic_load(&handover.taken))
			nanosleep(&pause, NULL);
	}
}
