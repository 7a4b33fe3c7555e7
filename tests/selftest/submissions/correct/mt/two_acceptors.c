/* Correct: two threads accept from the same socket, the main one and one more, and create a thread for each client. */
#include <err.h>
#include <pthread.h>
#include <stdint.h>
#include <unistd.h>

#include "server.h"

static void *serve(void *arg)
{
	serve_client((int)(intptr_t)arg);
	close((int)(intptr_t)arg);
	return NULL;
}

static void *acceptor(void *arg)
{
	int listenfd = (int)(intptr_t)arg;
	pthread_t thread;

	for (;;) {
		int connfd = tcp_accept(listenfd);
		int error = pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd);

		if (error == 0)
			error = pthread_detach(thread);
		else
			close(connfd);
		if (error != 0)
			warnx("thread: error %d", error);
	}
	return NULL;
}

void run_server(int listenfd)
{
	pthread_t second;

	/* One acceptor is enough if there is no thread for a second. */
	if (pthread_create(&second, NULL, acceptor, (void *)(intptr_t)listenfd) != 0)
		warnx("a single acceptor");
	acceptor((void *)(intptr_t)listenfd);
}
