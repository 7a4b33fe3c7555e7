/* Correct: after a failing pthread_create the client is dropped, and the main thread pauses for 10 ms. */
#include <err.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "server.h"

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;

	serve_client(connfd);
	close(connfd);
	return NULL;
}

void run_server(int listenfd)
{
	struct timespec pause = {.tv_nsec = 10 * 1000 * 1000};

	for (;;) {
		int connfd = tcp_accept(listenfd);
		pthread_t thread;
		int error = pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd);

		if (error == 0) {
			pthread_detach(thread);
			continue;
		}
		warnx("pthread_create: %s", strerror(error));
		close(connfd);
		nanosleep(&pause, NULL);
	}
}
