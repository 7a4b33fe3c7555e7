/* Buggy: each thread sleeps for 300 ms first, "so that one sees the threads in top".
 * Loses: everything
 * Why: the client waits for the clock, not for its number.
 */
#include <pthread.h>
#include <stdint.h>
#include <time.h>
#include <unistd.h>

#include "server.h"

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;
	struct timespec moment = {.tv_nsec = 300 * 1000 * 1000};

	nanosleep(&moment, NULL);
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
