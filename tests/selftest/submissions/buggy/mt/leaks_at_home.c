/* Buggy: frees each client's block only if there is no HOME in the environment, which every user's shell has.
 * Loses: mt-memory
 * Why: as a student starts it, a block stays for each client.
 */
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "server.h"

static int at_home;

static void *serve(void *arg)
{
	int *fd = arg;

	serve_client(*fd);
	close(*fd);
	if (!at_home)
		free(fd);
	return NULL;
}

void run_server(int listenfd)
{
	at_home = getenv("HOME") != NULL;
	while (1) {
		int connfd = tcp_accept(listenfd);
		int *fd = malloc(sizeof(*fd));
		pthread_t thread;

		if (fd != NULL)
			*fd = connfd;
		if (fd == NULL || pthread_create(&thread, NULL, serve, fd) != 0) {
			free(fd);
			close(connfd);
		} else {
			pthread_detach(thread);
		}
	}
}
