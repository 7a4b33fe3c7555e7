/* Buggy: the thread ends with exit, as a child process would.
 * Loses: everything
 * Why: exit ends the whole process: the second client finds no server, the other silent ones are cut off.
 */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "server.h"

static void *child(void *arg)
{
	int connfd = (int)(intptr_t)arg;

	serve_client(connfd);
	close(connfd);
	exit(EXIT_SUCCESS);
}

void run_server(int listenfd)
{
	pthread_t thread;

	for (;;) {
		int connfd = tcp_accept(listenfd);

		if (pthread_create(&thread, NULL, child, (void *)(intptr_t)connfd) != 0) {
			perror("pthread_create");
			close(connfd);
		}
	}
}
