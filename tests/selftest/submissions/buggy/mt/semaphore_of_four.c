/* Buggy: a semaphore lets no more than four clients in, "one per core".
 * Loses: mt-concurrency
 * Why: four silent clients hold up the fifth.
 */
#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <unistd.h>

#include "server.h"

static sem_t places;

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;

	serve_client(connfd);
	close(connfd);
	sem_post(&places);
	return NULL;
}

void run_server(int listenfd)
{
	pthread_attr_t attr;
	pthread_t thread;

	sem_init(&places, 0, 4);
	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	for (;;) {
		int connfd;

		while (sem_wait(&places) == -1 && errno == EINTR)
			;
		connfd = tcp_accept(listenfd);
		if (pthread_create(&thread, &attr, serve, (void *)(intptr_t)connfd) != 0) {
			warnx("dropped a client");
			close(connfd);
			sem_post(&places);
		}
	}
}
