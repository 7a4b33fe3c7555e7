/* Correct: the thread for the next client is there before the client: it accepts, tells its creator, and serves. */
#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>
#include "server.h"

static sem_t accepted;

static void *serve(void *arg)
{
	int connfd = tcp_accept((int)(intptr_t)arg);

	sem_post(&accepted);
	serve_client(connfd);
	close(connfd);
	return NULL;
}

void run_server(int listenfd)
{
	static const struct timespec pause = {.tv_nsec = 10 * 1000 * 1000};
	pthread_t thread;

	sem_init(&accepted, 0, 0);
	for (;;) {
		if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)listenfd) != 0) {
			fputs("no thread: the next client waits, or is dropped\n", stderr);
			close(tcp_accept(listenfd));
			nanosleep(&pause, NULL);
			continue;
		}
		pthread_detach(thread);
		while (sem_wait(&accepted) == -1)
			;
	}
}
