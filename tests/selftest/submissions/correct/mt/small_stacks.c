/* Correct: detached threads with stacks of 64 KB and a guard page: serve_client needs little. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "server.h"

#define STACK_SIZE (64 * 1024)

static void check(int error, const char *what)
{
	if (error) {
		errno = error;
		perror(what);
		exit(1);
	}
}

static void *serve(void *arg)
{
	int *fd = arg;

	serve_client(*fd);
	close(*fd);
	free(fd);
	return NULL;
}

void run_server(int listenfd)
{
	pthread_attr_t attr;

	check(pthread_attr_init(&attr), "pthread_attr_init");
	check(pthread_attr_setstacksize(&attr, STACK_SIZE), "pthread_attr_setstacksize");
	check(pthread_attr_setguardsize(&attr, 4096), "pthread_attr_setguardsize");
	check(pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED), "pthread_attr_setdetachstate");
	for (;;) {
		int connfd = tcp_accept(listenfd);
		int *fd = malloc(sizeof(*fd));
		pthread_t thread;

		if (fd != NULL)
			*fd = connfd;
		if (fd == NULL || pthread_create(&thread, &attr, serve, fd) != 0) {
			free(fd);
			close(connfd);
		}
	}
}
