/* Buggy: brings a main of its own, from the course's old one-file server.
 * Loses: compile
 * Why: main is defined twice, so that it does not link.
 */
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "server.h"

static void *serve(void *arg)
{
	serve_client((int)(intptr_t)arg);
	close((int)(intptr_t)arg);
	return NULL;
}

void run_server(int listenfd)
{
	pthread_t thread;

	for (;;) {
		int connfd = tcp_accept(listenfd);

		if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd) != 0)
			close(connfd);
		else
			pthread_detach(thread);
	}
}

int main(int argc, char **argv)
{
	run_server(tcp_listen(argc > 1 ? (uint16_t)atoi(argv[1]) : 2999));
	return 0;
}
