/* Buggy: closes the client's number instead of its descriptor.
 * Loses: everything
 * Why: client 3 closes the listening socket, which is descriptor 3, and others close each other's; no client sees an end.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "server.h"

struct client {
	int number;
	int connfd;
};

static void *serve(void *arg)
{
	struct client client = *(struct client *)arg;

	free(arg);
	serve_client(client.connfd);
	close(client.number);
	return NULL;
}

void run_server(int listenfd)
{
	int clients = 0;

	for (;;) {
		struct client *client = malloc(sizeof(*client));
		pthread_t thread;

		if (client == NULL)
			exit(1);
		client->connfd = tcp_accept(listenfd);
		client->number = ++clients;
		if (pthread_create(&thread, NULL, serve, client) != 0) {
			close(client->connfd);
			free(client);
			continue;
		}
		pthread_detach(thread);
	}
}
