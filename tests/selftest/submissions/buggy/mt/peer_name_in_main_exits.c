/* Buggy: the main thread writes down each client's address, which it asks for after accept, and ends if it gets none.
 * Loses: mt-robustness
 * Why: who was reset in the listen queue is accepted all the same, and has no name any more.
 */
#include <err.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server.h"

static in_addr_t last_client;

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
		int connfd = tcp_accept(listenfd);
		struct sockaddr_in peer;
		socklen_t length = sizeof(peer);
		pthread_t thread;

		if (getpeername(connfd, (struct sockaddr *)&peer, &length) == -1)
			err(EXIT_FAILURE, "getpeername");
		if (peer.sin_addr.s_addr != last_client)
			warnx("a client from another machine");
		last_client = peer.sin_addr.s_addr;
		if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd) == 0)
			pthread_detach(thread);
		else
			close(connfd);
	}
}
