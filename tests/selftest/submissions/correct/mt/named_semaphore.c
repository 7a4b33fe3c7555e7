/* Correct: a named POSIX semaphore guards the log, so that several servers may share it; without /dev/shm, an unnamed one. */
#include <err.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "server.h"

static sem_t *log_lock, unnamed;
static unsigned long lines;

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;

	serve_client(connfd);
	close(connfd);
	while (sem_wait(log_lock) == -1)
		;
	if (++lines % 500 == 0)
		fprintf(stderr, "%lu clients\n", lines);
	sem_post(log_lock);
	return NULL;
}

static sem_t *make_lock(void)
{
	char name[32];
	sem_t *named;

	snprintf(name, sizeof(name), "/mt_log.%d", (int)getpid());
	named = sem_open(name, O_CREAT | O_EXCL, 0600, 1);
	if (named != SEM_FAILED) {
		sem_unlink(name);
		return named;
	}
	warn("sem_open");
	if (sem_init(&unnamed, 0, 1) == -1)
		err(EXIT_FAILURE, "sem_init");
	return &unnamed;
}

void run_server(int listenfd)
{
	log_lock = make_lock();
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pthread_t thread;

		if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd) == 0)
			pthread_detach(thread);
		else
			close(connfd);
	}
}
