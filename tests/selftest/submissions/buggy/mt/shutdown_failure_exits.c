/* Buggy: ends each connection by shutdown and close, and takes a shutdown that fails for a bug of the server.
 * Loses: mt-robustness
 * Either: mt-speedup - a client that leaves early is met anywhere
 * Why: it fails with ENOTCONN when the client has reset the connection.
 */
#include <err.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server.h"

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;

	serve_client(connfd);
	if (shutdown(connfd, SHUT_WR) == -1)
		err(EXIT_FAILURE, "shutdown");
	if (close(connfd) == -1)
		err(EXIT_FAILURE, "close");
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
