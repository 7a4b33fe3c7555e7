/* Correct: sem_timedwait(3) in a loop: every second without the thread it says so, and waits on. */
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
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

	do {
		clock_gettime(CLOCK_REALTIME, &limit);
		limit.tv_sec++;
		errno = 0;
		if (sem_timedwait(&taken, &limit) == 0)
			return;
		if (errno == ETIMEDOUT)
			fputs("the new thread takes its time\n", stderr);
	} while (errno == ETIMEDOUT || errno == EINTR);
}

void run_server(int listenfd)
{
	sem_init(&taken, 0, 0);
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pthread_t thread;

		if (pthread_create(&thread, NULL, serve, &connfd) != 0) {
			fputs("no thread: a client is dropped\n", stderr);
			close(connfd);
			continue;
		}
		pthread_detach(thread);
		wait_until_taken();
	}
}
