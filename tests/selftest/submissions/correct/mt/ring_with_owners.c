/* Correct: a ring of sixteen places for arguments; a place is used again only when its thread has copied it (a semaphore). */
#include <err.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <unistd.h>

#include "server.h"

#define PLACES 16

static struct place {
	sem_t is_free;
	int connfd;
} places[PLACES];

static void *serve(void *arg)
{
	struct place *place = arg;
	int connfd = place->connfd;

	sem_post(&place->is_free);
	serve_client(connfd);
	close(connfd);
	return NULL;
}

void run_server(int listenfd)
{
	for (int i = 0; i < PLACES; i++)
		if (sem_init(&places[i].is_free, 0, 1) == -1)
			err(EXIT_FAILURE, "sem_init");
	for (unsigned int i = 0; ; i = (i + 1) % PLACES) {
		int connfd = tcp_accept(listenfd);
		pthread_t thread;

		while (sem_wait(&places[i].is_free) == -1)
			;
		places[i].connfd = connfd;
		if (pthread_create(&thread, NULL, serve, &places[i]) == 0) {
			pthread_detach(thread);
		} else {
			close(connfd);
			sem_post(&places[i].is_free);
		}
	}
}
