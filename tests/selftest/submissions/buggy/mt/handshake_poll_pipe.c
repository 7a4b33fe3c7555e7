/* Buggy: the thread writes a byte into a pipe when it has its descriptor; the creator polls for it for a second.
 * Loses: mt-races
 * Why: after the second it goes on without the byte, and takes a late one for the next thread's.
 */
#include <err.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "server.h"

static int ready[2];

static void *serve(void *arg)
{
	int connfd = *(int *)arg;

	if (write(ready[1], "", 1) != 1)
		warn("pipe");
	serve_client(connfd);
	close(connfd);
	return NULL;
}

void run_server(int listenfd)
{
	struct pollfd p;
	int connfd;
	char byte;

	if (pipe(ready) == -1)
		err(EXIT_FAILURE, "pipe");
	p = (struct pollfd){.fd = ready[0], .events = POLLIN};
	for (;;) {
		pthread_t thread;

		connfd = tcp_accept(listenfd);
		if (pthread_create(&thread, NULL, serve, &connfd) != 0) {
			close(connfd);
			continue;
		}
		pthread_detach(thread);
		if (poll(&p, 1, 1000) == 1 && read(ready[0], &byte, 1) != 1)
			warn("pipe");
	}
}
