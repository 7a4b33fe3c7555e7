/* Correct: the thread gets a duplicate of the descriptor, and each side closes its own, as after a fork. */
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include "server.h"

static void *serve(void *arg)
{
	int mine = (int)(intptr_t)arg;

	serve_client(mine);
	close(mine);
	return NULL;
}

void run_server(int listenfd)
{
	for (;;) {
		int connfd = tcp_accept(listenfd);
		int copy = fcntl(connfd, F_DUPFD_CLOEXEC, 0);
		pthread_t thread;

		if (copy == -1) {
			perror("fcntl");
		} else if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)copy) != 0) {
			fputs("no thread for a client\n", stderr);
			close(copy);
		} else {
			pthread_detach(thread);
		}
		close(connfd);
	}
}
