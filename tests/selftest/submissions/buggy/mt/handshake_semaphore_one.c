/* Buggy: the semaphore of the handshake starts at 1 instead of 0.
 * Loses: mt-races
 * Why: each wait is for the previous client's post, so that the creator is always one client ahead of its threads.
 * Either: mt-robustness - many clients at once meet the race by themselves
 * Either: mt-memory - so may eight at once, if they connect in a burst
 * Either: mt-speedup - likewise
 */
#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <unistd.h>
#include "server.h"

static sem_t taken;

static void *serve(void *arg)
{
	int connfd = *(int *)arg;

	sem_post(&taken);
	serve_client(connfd);
	close(connfd);
	return NULL;
}

void run_server(int listenfd)
{
	static int connfd;
	pthread_t thread;

	if (sem_init(&taken, 0, 1) == -1)
		err(EXIT_FAILURE, "sem_init");
	for (;;) {
		connfd = tcp_accept(listenfd);
		if (pthread_create(&thread, NULL, serve, &connfd) != 0) {
			warnx("pthread_create");
			close(connfd);
			continue;
		}
		pthread_detach(thread);
		while (sem_wait(&taken) == -1 && errno == EINTR)
			;
	}
}
