/* Correct: a thread of the parent does nothing but wait for children; a semaphore counts them. */
#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

static sem_t children;

static void *reaper(void *unused)
{
	for (;;) {
		while (sem_wait(&children) == -1)
			;
		/* posted once per child, so there is one to wait for */
		while (waitpid(-1, NULL, 0) == -1 && errno == EINTR)
			;
	}
	return unused;
}

void run_server(int listenfd)
{
	pthread_t tid;
	int rc;

	sem_init(&children, 0, 0);
	if ((rc = pthread_create(&tid, NULL, reaper, NULL)) != 0)
		errx(1, "pthread_create: %s", strerror(rc));
	pthread_detach(tid);

	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		}
		if (pid > 0)
			sem_post(&children);
		else
			perror("fork");
		close(connfd);
	}
}
