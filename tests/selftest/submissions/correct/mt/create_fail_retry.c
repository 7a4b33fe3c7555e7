/* Correct: EAGAIN from pthread_create is tried three times, a millisecond apart; then the client is dropped. */
#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>
#include "server.h"

enum { TRIES = 3 };

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;

	serve_client(connfd);
	close(connfd);
	return NULL;
}

static int create_stubbornly(int connfd)
{
	int error = 0;

	for (int i = 0; i < TRIES; i++) {
		pthread_t thread;

		error = pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd);
		if (error == 0)
			return pthread_detach(thread);
		if (error != EAGAIN)
			break;
		usleep(1000);
	}
	return error;
}

void run_server(int listenfd)
{
	for (;;) {
		int connfd = tcp_accept(listenfd);
		int error = create_stubbornly(connfd);

		if (error != 0) {
			warnx("giving up on a client: %s", strerror(error));
			close(connfd);
		}
	}
}
