/* Buggy: peeks whether the client is still there, and ends the thread without closing the descriptor if not.
 * Loses: mt-robustness
 * Why: each client that closes or resets before it asks costs a descriptor; those that ask cost none.
 */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server.h"

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;
	char byte;

	pthread_detach(pthread_self());
	if (recv(connfd, &byte, 1, MSG_PEEK) <= 0) {
		fprintf(stderr, "client on %d has gone\n", connfd);
		pthread_exit(NULL);
	}
	serve_client(connfd);
	close(connfd);
	return NULL;
}

void run_server(int listenfd)
{
	pthread_t thread;

	for (;;) {
		int connfd = tcp_accept(listenfd);

		if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd) != 0)
			close(connfd);
	}
}
