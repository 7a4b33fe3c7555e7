/* Correct: each thread asks for its scheduling policy and sets the same one again; whether that works or not, it serves. */
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "server.h"

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;
	struct sched_param param;
	int policy;
	int error = pthread_getschedparam(pthread_self(), &policy, &param);

	if (error == 0)
		error = pthread_setschedparam(pthread_self(), policy, &param);
	if (error != 0)
		fprintf(stderr, "scheduling: %s\n", strerror(error));
	serve_client(connfd);
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
