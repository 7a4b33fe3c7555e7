/* Buggy: a table of 512 clients, for the statistics at the end; it is never emptied, and a full table drops the client.
 * Loses: mt-robustness
 * Why: the 513th client of the server's life, and all after it, are turned away.
 */
#include <pthread.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "server.h"

#define MAX_CLIENTS 512

static struct client {
	int fd;
	time_t begin, end;
} clients[MAX_CLIENTS];

static void *serve(void *arg)
{
	struct client *client = arg;

	serve_client(client->fd);
	close(client->fd);
	client->end = time(NULL);
	return NULL;
}

void run_server(int listenfd)
{
	int used = 0;

	for (;;) {
		int fd = tcp_accept(listenfd);
		pthread_t thread;

		if (used == MAX_CLIENTS) {
			fputs("table full\n", stderr);
			close(fd);
			continue;
		}
		clients[used].fd = fd;
		clients[used].begin = time(NULL);
		if (pthread_create(&thread, NULL, serve, &clients[used]) == 0) {
			pthread_detach(thread);
			used++;
		} else {
			close(fd);
		}
	}
}
