/* Buggy: a stack of 512 << 40 bytes instead of 512 << 10.
 * Loses: everything
 * Why: no address space is that large: every pthread_create fails, and every client is dropped, in order.
 */
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "server.h"

#define STACK_SIZE (512UL << 40)	/* 512 KB */

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;

	serve_client(connfd);
	close(connfd);
	return NULL;
}

void run_server(int listenfd)
{
	pthread_attr_t attr;

	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attr, STACK_SIZE);
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pthread_t thread;
		int error = pthread_create(&thread, &attr, serve, (void *)(intptr_t)connfd);

		if (error != 0) {
			fprintf(stderr, "pthread_create: %s\n", strerror(error));
			close(connfd);
		}
	}
}
