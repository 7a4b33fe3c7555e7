/* Buggy: drops the client when pthread_create says EAGAIN, but tries again and again when it says ENOMEM.
 * Loses: mt-robustness
 * Why: "memory comes back": until then nobody is accepted, and the loop takes a whole core.
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

		while ((error = pthread_create(&thread, NULL, serve, arg)) == ENOMEM)
			;
		if (error == 0) {
			pthread_detach(thread);
		} else {
			fprintf(stderr, "client dropped: %s\n", strerror(error));
			close((int)(intptr_t)arg);
		}
	}
}
