/* Correct: one static descriptor; the thread says by an eventfd that it has copied it. */
#include <err.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "server.h"

static int connfd, copied;

static void *serve(void *unused)
{
	int own = connfd;

	if (eventfd_write(copied, 1) == -1)
		err(EXIT_FAILURE, "eventfd_write");
	serve_client(own);
	close(own);
	return unused;
}

void run_server(int listenfd)
{
	eventfd_t count;

	if ((copied = eventfd(0, EFD_CLOEXEC)) == -1)
		err(EXIT_FAILURE, "eventfd");
	for (;;) {
		pthread_t thread;

		connfd = tcp_accept(listenfd);
		if (pthread_create(&thread, NULL, serve, NULL) != 0) {
			close(connfd);
			continue;
		}
		pthread_detach(thread);
		while (eventfd_read(copied, &count) == -1)
			;
	}
}
