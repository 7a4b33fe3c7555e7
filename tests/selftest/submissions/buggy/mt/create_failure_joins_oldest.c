/* Buggy: when there is no thread to be had, it joins the oldest one to get its place, and tries again.
 * Loses: mt-robustness
 * Why: the oldest may be a silent client's, and then everybody waits. Ended threads are joined by a sweep, otherwise.
 */
#define _GNU_SOURCE
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "server.h"

struct client {
	pthread_t thread;
	int fd;
	struct client *next;
};

static struct client *clients;

static void *serve(void *arg)
{
	struct client *client = arg;

	serve_client(client->fd);
	close(client->fd);
	return NULL;
}

static void sweep(void)
{
	struct client **link = &clients;

	while (*link != NULL) {
		struct client *client = *link;

		if (pthread_tryjoin_np(client->thread, NULL) == 0) {
			*link = client->next;
			free(client);
		} else {
			link = &client->next;
		}
	}
}

static int join_oldest(void)
{
	struct client **link = &clients, *oldest;

	if (clients == NULL)
		return 0;
	while ((*link)->next != NULL)
		link = &(*link)->next;
	oldest = *link;
	*link = NULL;
	pthread_join(oldest->thread, NULL);
	free(oldest);
	return 1;
}

void run_server(int listenfd)
{
	struct pollfd incoming = {.fd = listenfd, .events = POLLIN};

	for (;;) {
		int ready = poll(&incoming, 1, clients != NULL ? 50 : -1);
		struct client *client;

		sweep();
		if (ready != 1)
			continue;
		if ((client = malloc(sizeof(*client))) == NULL)
			continue;
		client->fd = tcp_accept(listenfd);
		while (pthread_create(&client->thread, NULL, serve, client) != 0) {
			if (join_oldest())
				continue;
			close(client->fd);
			free(client);
			client = NULL;
			break;
		}
		if (client != NULL) {
			client->next = clients;
			clients = client;
		}
	}
}
