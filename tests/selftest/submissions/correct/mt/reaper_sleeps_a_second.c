/* Correct: a reaper joins once a second whoever has ended.
 * Between two looks the ended threads of many clients stay unjoined, and so do their stacks; then all are gone.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "server.h"

struct client {
	int connfd;
	pthread_t thread;
	struct client *next;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct client *ended;

static void *serve(void *argument)
{
	struct client *client = argument;

	serve_client(client->connfd);
	close(client->connfd);
	client->thread = pthread_self();
	pthread_mutex_lock(&lock);
	client->next = ended;
	ended = client;
	pthread_mutex_unlock(&lock);
	return NULL;
}

static void *reap(void *unused)
{
	struct client *first;

	for (;;) {
		sleep(1);
		pthread_mutex_lock(&lock);
		first = ended;
		ended = NULL;
		pthread_mutex_unlock(&lock);
		while (first) {
			struct client *next = first->next;

			pthread_join(first->thread, NULL);
			free(first);
			first = next;
		}
	}
	return unused;
}

void run_server(int listenfd)
{
	pthread_t reaper, thread;

	if (pthread_create(&reaper, NULL, reap, NULL))
		exit(1);
	for (;;) {
		int connfd = tcp_accept(listenfd);
		struct client *client = malloc(sizeof *client);

		if (!client) {
			close(connfd);
			continue;
		}
		client->connfd = connfd;
		if (pthread_create(&thread, NULL, serve, client)) {
			fprintf(stderr, "no thread for a client\n");
			close(connfd);
			free(client);
		}
	}
}
