/* Correct: waits for the thread's post by sem_timedwait, and says so every second that it is late, but waits on. */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <time.h>
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

static void wait_until_taken(void)
{
	struct timespec limit;

	clock_gettime(CLOCK_REALTIME, &limit);
	do
		limit.tv_sec++;
	while (sem_timedwait(&taken, &limit) == -1 && (errno == EINTR || errno == ETIMEDOUT));
}

void run_server(int listenfd)
{
	int connfd;

	if (sem_init(&taken, 0, 0) == -1)
		err(EXIT_FAILURE, "sem_init");
	for (;;) {
		pthread_t thread;

		connfd = tcp_accept(listenfd);
		if (pthread_create(&thread, NULL, serve, &connfd) == 0) {
			pthread_detach(thread);
			wait_until_taken();
		} else {
			close(connfd);
		}
	}
}
