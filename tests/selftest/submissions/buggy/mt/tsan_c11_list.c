/* Buggy: a list of the connections; the mutex is taken to add one, and forgotten where one is taken out.
 * Loses: mt-races
 * Why: the list is changed by a thread that ends while the main thread is adding to it. */
#include <stdio.h>
#include <stdlib.h>
#include <threads.h>
#include <unistd.h>
#include "server.h"

struct client {
	int connfd;
	struct client *next, **link;
};

static struct client *clients;
static mtx_t lock;

static void take_out(struct client *client)
{
	*client->link = client->next;
	if (client->next != NULL)
		client->next->link = client->link;
}

static int serve(void *arg)
{
	struct client *client = arg;

	thrd_detach(thrd_current());
	serve_client(client->connfd);
	take_out(client);
	close(client->connfd);
	free(client);
	return 0;
}

static void add(struct client *client)
{
	mtx_lock(&lock);
	client->next = clients;
	client->link = &clients;
	if (clients != NULL)
		clients->link = &client->next;
	clients = client;
	mtx_unlock(&lock);
}

void run_server(int listenfd)
{
	mtx_init(&lock, mtx_plain);
	for (;;) {
		int connfd = tcp_accept(listenfd);
		struct client *client = malloc(sizeof(*client));
		thrd_t thread;

		if (client == NULL) {
			close(connfd);
			continue;
		}
		client->connfd = connfd;
		add(client);
		if (thrd_create(&thread, serve, client) != thrd_success) {
			fputs("no thread: a client is dropped\n", stderr);
			take_out(client);
			close(connfd);
			free(client);
		}
	}
}
