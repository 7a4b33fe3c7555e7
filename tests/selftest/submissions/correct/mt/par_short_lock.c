/* Correct: a mutex is held to count, before and after, not while a client is served. */
#include <pthread.h>
#include <stdint.h>
#include <unistd.h>

#include "server.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static unsigned long begun, ended;

static void count(unsigned long *which)
{
	pthread_mutex_lock(&mutex);
	++*which;
	pthread_mutex_unlock(&mutex);
}

static void serve(int fd)
{
	count(&begun);
	serve_client(fd);
	count(&ended);
}

static void *thread(void *arg)
{
	int fd = (int)(intptr_t)arg;

	serve(fd);
	close(fd);
	return NULL;
}

void run_server(int listenfd)
{
	for (;;) {
		int fd = tcp_accept(listenfd);
		pthread_t id;

		if (pthread_create(&id, NULL, thread, (void *)(intptr_t)fd) == 0)
			pthread_detach(id);
		else
			close(fd);
	}
}
