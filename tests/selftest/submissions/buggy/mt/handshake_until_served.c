/* Buggy: the semaphore of the handshake is posted when the client has been served, not when the descriptor was copied.
 * Loses: mt-concurrency
 * Why: synchronous in disguise: the creator waits for the client.
 */
#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <unistd.h>

#include "server.h"

static sem_t ready;

static void *client(void *arg)
{
	int *connfd = arg;

	serve_client(*connfd);
	close(*connfd);
	sem_post(&ready);
	return NULL;
}

void run_server(int listenfd)
{
	if (sem_init(&ready, 0, 0) == -1)
		err(1, "sem_init");
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pthread_t thread;

		if (pthread_create(&thread, NULL, client, &connfd) != 0) {
			warnx("pthread_create");
			close(connfd);
			continue;
		}
		pthread_detach(thread);
		while (sem_wait(&ready) == -1 && errno == EINTR)
			;
	}
}
