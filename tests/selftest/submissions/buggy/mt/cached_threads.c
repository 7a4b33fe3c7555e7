/* Buggy: a thread is created when no idle one waits, and stays for a later client when its own has gone.
 * Loses: mt-threads
 * Why: the threads do not end. They are reused, so that neither memory nor descriptors grow with the clients served.
 */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>
#include "server.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t offered = PTHREAD_COND_INITIALIZER;
static pthread_cond_t taken = PTHREAD_COND_INITIALIZER;
static int idle, offer = -1;

static int next_client(void)
{
	int fd;

	pthread_mutex_lock(&lock);
	idle++;
	while (offer == -1)
		pthread_cond_wait(&offered, &lock);
	fd = offer;
	offer = -1;
	idle--;
	pthread_cond_signal(&taken);
	pthread_mutex_unlock(&lock);
	return fd;
}

static void *serve_for_ever(void *arg)
{
	int fd = (int)(intptr_t)arg;

	for (;;) {
		serve_client(fd);
		close(fd);
		fd = next_client();
	}
	return NULL;
}

/* Hands the client to an idle thread, if there is one. */
static int reuse(int fd)
{
	int found;

	pthread_mutex_lock(&lock);
	found = idle > 0;
	if (found) {
		offer = fd;
		pthread_cond_signal(&offered);
		while (offer != -1)
			pthread_cond_wait(&taken, &lock);
	}
	pthread_mutex_unlock(&lock);
	return found;
}

void run_server(int listenfd)
{
	for (;;) {
		int fd = tcp_accept(listenfd);
		pthread_t thread;

		if (reuse(fd))
			continue;
		if (pthread_create(&thread, NULL, serve_for_ever, (void *)(intptr_t)fd) != 0) {
			fprintf(stderr, "no thread\n");
			close(fd);
			continue;
		}
		pthread_detach(thread);
	}
}
