/* Hostile: looks for descriptors of the grader, writes to them and closes them.
 * Loses: nothing
 * Why: there are none but its own. */
#include <pthread.h>
#include <stdint.h>
#include <unistd.h>
#include "server.h"

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;

	serve_client(connfd);
	close(connfd);
	return NULL;
}

void run_server(int listenfd)
{
	for (int fd = 3; fd < 1024; fd++)
		if (fd != listenfd) {
			write(fd, "Total: 100/100\n", 15);
			close(fd);
		}
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pthread_t thread;

		if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd) == 0)
			pthread_detach(thread);
		else
			close(connfd);
	}
}
