/* Buggy: a client that sends nothing for three seconds is given up: SO_RCVTIMEO in its thread.
 * Loses: mt-robustness
 * Why: a client may be slow. Its connection ends without a reply.
 */
#include <pthread.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "server.h"

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;
	struct timeval patience = {.tv_sec = 3};

	setsockopt(connfd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
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
