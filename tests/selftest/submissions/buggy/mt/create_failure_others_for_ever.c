/* Buggy: drops the client when pthread_create says EAGAIN, but tries again and again when it says anything else.
 * Loses: mt-robustness
 * Why: "it can only be a passing one": until it passes nobody is accepted, and the loop takes a whole core.
 */
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
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
	for (;;) {
		void *arg = (void *)(intptr_t)tcp_accept(listenfd);
		pthread_t thread;
		int error;

		do
			error = pthread_create(&thread, NULL, serve, arg);
		while (error != 0 && error != EAGAIN);
		if (error == 0) {
			pthread_detach(thread);
		} else {
			fprintf(stderr, "client dropped: %s\n", strerror(error));
			close((int)(intptr_t)arg);
		}
	}
}
