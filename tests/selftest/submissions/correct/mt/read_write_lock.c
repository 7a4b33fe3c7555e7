/* Correct: settings under a read-write lock, which each thread reads and a background thread rewrites once a second. */
#include <err.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "server.h"

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static struct {
	bool verbose;
	unsigned long version;
} settings;

static void *reload(void *unused)
{
	for (;;) {
		sleep(1);
		pthread_rwlock_wrlock(&lock);
		settings.version++;
		settings.verbose = getenv("VERBOSE") != NULL;
		pthread_rwlock_unlock(&lock);
	}
	return unused;
}

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;
	bool verbose;

	pthread_rwlock_rdlock(&lock);
	verbose = settings.verbose;
	pthread_rwlock_unlock(&lock);
	serve_client(connfd);
	if (verbose)
		fprintf(stderr, "descriptor %d was served\n", connfd);
	close(connfd);
	return NULL;
}

void run_server(int listenfd)
{
	pthread_t reloader;

	if (pthread_create(&reloader, NULL, reload, NULL) != 0)
		errx(EXIT_FAILURE, "pthread_create");
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pthread_t thread;

		if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd) == 0)
			pthread_detach(thread);
		else
			close(connfd);
	}
}
