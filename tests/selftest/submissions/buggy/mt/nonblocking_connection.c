/* Buggy: accepts connections with SOCK_NONBLOCK, which serve_client knows nothing of.
 * Loses: mt-concurrency
 * Why: whoever has not sent a request when its thread starts is taken for gone.
 * Either: mt-replies - it depends on who is first, the request or the thread
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
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
	pthread_attr_t attr;

	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	for (;;) {
		int connfd = accept4(listenfd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		pthread_t thread;
		int rc;

		if (connfd == -1) {
			if (errno != EINTR)
				usleep(10000);
			continue;
		}
		rc = pthread_create(&thread, &attr, serve, (void *)(intptr_t)connfd);
		if (rc != 0) {
			fprintf(stderr, "pthread_create: %s\n", strerror(rc));
			close(connfd);
		}
	}
}
