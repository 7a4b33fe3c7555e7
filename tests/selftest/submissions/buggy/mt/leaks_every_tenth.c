/* Buggy: the argument is freed by the thread, but not by every tenth one, whose number is printed first.
 * Loses: mt-memory
 * Why: the branch that prints returns too early: a block of 24 bytes stays for every ten clients.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "server.h"

struct job {
	int connfd;
	unsigned long number;
};

static void *serve(void *arg)
{
	struct job *job = arg;

	serve_client(job->connfd);
	close(job->connfd);
	if (job->number % 10 == 0) {
		fprintf(stderr, "%lu clients\n", job->number);
		return NULL;
	}
	free(job);
	return NULL;
}

void run_server(int listenfd)
{
	unsigned long number = 0;

	for (;;) {
		int connfd = tcp_accept(listenfd);
		struct job *job = malloc(sizeof(*job));
		pthread_t thread;

		if (job != NULL)
			*job = (struct job){connfd, ++number};
		if (job != NULL && pthread_create(&thread, NULL, serve, job) == 0) {
			pthread_detach(thread);
		} else {
			free(job);
			close(connfd);
		}
	}
}
