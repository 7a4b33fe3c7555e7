/* Buggy: calls accept(2) itself; waits when there are no descriptors, and takes every other error for the end.
 * Loses: mt-robustness
 * Why: ECONNABORTED and EINTR say nothing of the listening socket.
 */
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
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
	for (;;) {
		int connfd = accept(listenfd, NULL, NULL);
		pthread_t thread;

		if (connfd == -1) {
			if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS) {
				usleep(20000);
				continue;
			}
			perror("accept");
			exit(EXIT_FAILURE);
		}
		if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd) == 0)
			pthread_detach(thread);
		else
			close(connfd);
	}
}
