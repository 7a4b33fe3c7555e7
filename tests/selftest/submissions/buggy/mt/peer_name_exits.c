/* Buggy: each thread asks who its client is, and err() if it cannot be told.
 * Loses: mt-robustness
 * Why: getpeername fails with ENOTCONN for a client that has reset its connection before its thread began.
 */
#include <arpa/inet.h>
#include <err.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server.h"

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;
	struct sockaddr_in peer;
	socklen_t length = sizeof(peer);

	if (getpeername(connfd, (struct sockaddr *)&peer, &length) == -1)
		err(EXIT_FAILURE, "getpeername");
	warnx("client %s:%d", inet_ntoa(peer.sin_addr), ntohs(peer.sin_port));
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
