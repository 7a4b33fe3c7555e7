/* Correct: counters under a spinlock, which is held for two additions. */
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "server.h"

static pthread_spinlock_t spin;
static unsigned long come, gone;

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;

	pthread_spin_lock(&spin);
	come++;
	pthread_spin_unlock(&spin);
	serve_client(connfd);
	pthread_spin_lock(&spin);
	gone++;
	pthread_spin_unlock(&spin);
	close(connfd);
	return NULL;
}

void run_server(int listenfd)
{
	if (pthread_spin_init(&spin, PTHREAD_PROCESS_PRIVATE) != 0)
		exit(EXIT_FAILURE);
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pthread_t thread;

		if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd) == 0)
			pthread_detach(thread);
		else
			close(connfd);
	}
}
