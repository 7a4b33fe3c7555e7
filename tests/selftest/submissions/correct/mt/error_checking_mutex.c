/* Correct: statistics under an error-checking mutex; every call's result is looked at, and none ends the server. */
#include <err.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server.h"

static pthread_mutex_t mutex;
static unsigned long served;

static void try(int error, const char *call)
{
	if (error != 0)
		warnx("%s: %s", call, strerror(error));
}

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;

	serve_client(connfd);
	try(pthread_mutex_lock(&mutex), "pthread_mutex_lock");
	served++;
	try(pthread_mutex_unlock(&mutex), "pthread_mutex_unlock");
	close(connfd);
	return NULL;
}

void run_server(int listenfd)
{
	pthread_mutexattr_t attr;

	if (pthread_mutexattr_init(&attr) != 0 ||
	    pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_ERRORCHECK) != 0 ||
	    pthread_mutex_init(&mutex, &attr) != 0)
		errx(EXIT_FAILURE, "mutex");
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pthread_t thread;
		int error = pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd);

		try(error, "pthread_create");
		if (error == 0)
			try(pthread_detach(thread), "pthread_detach");
		else
			close(connfd);
	}
}
