/* Buggy: the thread of a client whose name cannot be told returns at once, without closing.
 * Loses: mt-robustness
 * Why: a client that was gone before its thread began costs a descriptor.
 */
#include <netinet/in.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server.h"

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;
	struct sockaddr_storage peer;
	socklen_t length = sizeof(peer);

	if (getpeername(connfd, (struct sockaddr *)&peer, &length) == -1) {
		perror("getpeername");
		return NULL;
	}
	serve_client(connfd);
	close(connfd);
	return NULL;
}

void run_server(int listenfd)
{
	for (;;) {
		int fd = tcp_accept(listenfd);
		pthread_t thread;

		if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)fd) == 0)
			pthread_detach(thread);
		else
			close(fd);
	}
}
