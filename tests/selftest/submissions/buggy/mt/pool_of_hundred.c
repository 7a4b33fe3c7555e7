/* Buggy: a hundred threads created at start, each of which accepts and serves.
 * Loses: mt-threads mt-robustness
 * Why: enough for every check with fewer clients than that, but no thread is made for a client; a crowd whose last client is
 * the first to ask stops this pool.
 */
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#include "server.h"

#define MAX_THREADS 100

static int listen_socket;

static void *accept_and_serve(void *unused)
{
	(void)unused;
	while (1) {
		int s = tcp_accept(listen_socket);

		serve_client(s);
		close(s);
	}
	return NULL;
}

void run_server(int listenfd)
{
	pthread_t t;
	int i;

	listen_socket = listenfd;
	for (i = 1; i < MAX_THREADS; i++)
		if (pthread_create(&t, NULL, accept_and_serve, NULL) != 0)
			perror("pthread_create");
	accept_and_serve(NULL);
}
