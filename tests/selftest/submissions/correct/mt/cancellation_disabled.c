/* Correct: the threads disable their cancellation, so that none can end before its connection is closed. */
#include <pthread.h>
#include <stdint.h>
#include <unistd.h>

#include "server.h"

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg, before;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before);
	serve_client(connfd);
	close(connfd);
	pthread_setcancelstate(before, NULL);
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
