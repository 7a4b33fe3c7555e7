/* Buggy: a ring of 512 slots, used in turn; the main thread waits on the slot's semaphore until it is free.
 * Loses: mt-robustness
 * Why: 512 clients after a silent one the whole server waits for it.
 */
#include <err.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <unistd.h>

#include "server.h"

enum { SLOTS = 512 };

static struct {
	sem_t is_free;
	int fd;
} slots[SLOTS];

static void *serve(void *arg)
{
	int i = *(int *)arg;

	free(arg);
	serve_client(slots[i].fd);
	close(slots[i].fd);
	sem_post(&slots[i].is_free);
	return NULL;
}

void run_server(int listenfd)
{
	for (int i = 0; i < SLOTS; i++)
		if (sem_init(&slots[i].is_free, 0, 1) == -1)
			err(EXIT_FAILURE, "sem_init");
	for (int i = 0; ; i = (i + 1) % SLOTS) {
		int *number = malloc(sizeof(int));
		pthread_t thread;

		while (sem_wait(&slots[i].is_free) == -1)
			;
		slots[i].fd = tcp_accept(listenfd);
		if (number != NULL)
			*number = i;
		if (number != NULL && pthread_create(&thread, NULL, serve, number) == 0) {
			pthread_detach(thread);
			continue;
		}
		free(number);
		close(slots[i].fd);
		sem_post(&slots[i].is_free);
	}
}
