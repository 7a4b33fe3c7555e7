/* Buggy: when there is no thread, the client is dropped, but its little argument is not freed.
 * Loses: mt-robustness
 * Why: sixteen bytes stay for each failure, none for each client.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server.h"

struct argument {
	int connfd;
	unsigned long number;
};

static void *serve(void *arg)
{
	struct argument argument = *(struct argument *)arg;

	free(arg);
	serve_client(argument.connfd);
	close(argument.connfd);
	return NULL;
}

void run_server(int listenfd)
{
	for (unsigned long number = 0; ; number++) {
		int connfd = tcp_accept(listenfd);
		struct argument *argument = malloc(sizeof(*argument));
		pthread_t thread;
		int error;

		if (argument == NULL) {
			close(connfd);
			continue;
		}
		*argument = (struct argument){connfd, number};
		error = pthread_create(&thread, NULL, serve, argument);
		if (error != 0) {
			fprintf(stderr, "client %lu: %s\n", number, strerror(error));
			close(connfd);
			continue;
		}
		pthread_detach(thread);
	}
}
