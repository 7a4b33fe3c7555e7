/* Buggy: takes the arguments of the threads from a table of 1024, round and round, for "there are no more descriptors".
 * Loses: mt-races
 * Why: with 1025 threads that have not begun yet, one place is used twice. */
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>
#include "server.h"

static struct job {
	int connfd;
} jobs[1024];

static void *serve(void *arg)
{
	struct job *job = arg;
	int connfd = job->connfd;

	pthread_detach(pthread_self());
	serve_client(connfd);
	close(connfd);
	return NULL;
}

void run_server(int listenfd)
{
	unsigned int clients = 0;

	for (;;) {
		struct job *job = &jobs[clients++ % (sizeof(jobs) / sizeof(jobs[0]))];
		pthread_t thread;

		job->connfd = tcp_accept(listenfd);
		if (pthread_create(&thread, NULL, serve, job) != 0) {
			fprintf(stderr, "no thread for client %u\n", clients);
			close(job->connfd);
		}
	}
}
