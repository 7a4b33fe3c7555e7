/* Correct: each thread makes itself a little nicer than the main thread, so that accepting comes first. */
#define _GNU_SOURCE
#include <err.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "server.h"

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;

	if (setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), 2) == -1)
		warn("setpriority");
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
