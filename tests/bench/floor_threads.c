/* floor_threads.c - the least that a server with a thread per client can do: accept,
 * pthread_create, read, write, close.
 *
 * No parsing, no computing, no check of errors: every client gets fib(0). mt_server is measured
 * against it, built from the same given files with the same flags. The threads are detached: nobody
 * has to join them. */
#include <pthread.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server.h"

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;
	char request[32];

	if (read(connfd, request, sizeof(request)) > 0 && write(connfd, "1\n", 2) == 2)
		close(connfd);
	return NULL;
}

void run_server(int listenfd)
{
	pthread_attr_t detached;

	pthread_attr_init(&detached);
	pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
	for (;;) {
		pthread_t thread;
		int connfd = accept(listenfd, NULL, NULL);

		pthread_create(&thread, &detached, serve, (void *)(intptr_t)connfd);
	}
}
