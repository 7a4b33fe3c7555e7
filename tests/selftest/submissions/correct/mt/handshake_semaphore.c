/* Correct: &connfd is passed, but the creator waits on a semaphore until the thread has copied it. */
#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <unistd.h>

#include "server.h"

static sem_t copied;

static void *client_thread(void *arg)
{
	int connfd = *(int *)arg;

	sem_post(&copied);		/* from here on *arg is the main thread's again */
	serve_client(connfd);
	close(connfd);
	return NULL;
}

void run_server(int listenfd)
{
	int connfd;
	pthread_t thread;

	if (sem_init(&copied, 0, 0) == -1)
		err(EXIT_FAILURE, "sem_init");

	for (;;) {
		connfd = tcp_accept(listenfd);
		errno = pthread_create(&thread, NULL, client_thread, &connfd);
		if (errno != 0) {
			warn("pthread_create");
			close(connfd);
			continue;	/* nobody will post */
		}
		pthread_detach(thread);
		while (sem_wait(&copied) == -1 && errno == EINTR)
			;
	}
}
