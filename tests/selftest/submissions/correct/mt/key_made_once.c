/* Correct: one key for thread-specific data, made by pthread_once; its destructor frees the thread's log buffer. */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "server.h"

static pthread_key_t buffer_key;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static int error;

static void make_key(void)
{
	error = pthread_key_create(&buffer_key, free);
}

static char *buffer(void)
{
	char *own;

	pthread_once(&once, make_key);
	if (error != 0)
		return NULL;
	own = pthread_getspecific(buffer_key);
	if (own == NULL && (own = malloc(256)) != NULL && pthread_setspecific(buffer_key, own) != 0) {
		free(own);
		own = NULL;
	}
	return own;
}

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;
	char *line = buffer();

	serve_client(connfd);
	if (line != NULL && snprintf(line, 256, "%d", connfd) > 200)
		fputs(line, stderr);
	close(connfd);
	return NULL;
}

void run_server(int listenfd)
{
	for (;;) {
		int fd = tcp_accept(listenfd);
		pthread_t thread;

		if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)fd) == 0)
			pthread_detach(thread);
		else
			close(fd);
	}
}
