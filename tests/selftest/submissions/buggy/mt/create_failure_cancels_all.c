/* Buggy: when there is no thread to be had, it cancels all that there are: "a fresh start".
 * Loses: mt-robustness
 * Why: one client's failure ends the others' service.
 */
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
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void leave(void *arg)
{
	struct client **link, *client = arg;

	pthread_mutex_lock(&lock);
	for (link = &clients; *link != client; link = &(*link)->next)
		;
	*link = client->next;
	pthread_mutex_unlock(&lock);
	close(client->fd);
	free(client);
}

static void *serve(void *arg)
{
	struct client *client = arg;

	pthread_mutex_lock(&lock); /* until it is in the list */
	pthread_mutex_unlock(&lock);
	pthread_cleanup_push(leave, client);
	serve_client(client->fd);
	pthread_cleanup_pop(1);
	return NULL;
}

void run_server(int listenfd)
{
	for (;;) {
		int fd = tcp_accept(listenfd);
		struct client *client = malloc(sizeof(*client));

		if (client == NULL) {
			close(fd);
			continue;
		}
		client->fd = fd;
		pthread_mutex_lock(&lock);
		if (pthread_create(&client->thread, NULL, serve, client) == 0) {
			pthread_detach(client->thread);
			client->next = clients;
			clients = client;
		} else {
			for (struct client *c = clients; c != NULL; c = c->next)
				pthread_cancel(c->thread);
			close(fd);
			free(client);
		}
		pthread_mutex_unlock(&lock);
	}
}
