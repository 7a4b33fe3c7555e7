/* Buggy: a watchdog looks every second for threads that are older than four, and cancels them.
 * Loses: mt-robustness
 * Why: age is no fault: the client was slow, or its number was large.
 */
#include <err.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "server.h"

#define OLD 4

struct client {
	pthread_t thread;
	int fd;
	time_t since;
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

static void *watch(void *unused)
{
	for (;;) {
		sleep(1);
		pthread_mutex_lock(&lock);
		for (struct client *c = clients; c != NULL; c = c->next)
			if (time(NULL) - c->since > OLD)
				pthread_cancel(c->thread);
		pthread_mutex_unlock(&lock);
	}
	return unused;
}

void run_server(int listenfd)
{
	pthread_t watchdog;

	if (pthread_create(&watchdog, NULL, watch, NULL) != 0)
		errx(EXIT_FAILURE, "no watchdog");
	for (;;) {
		int fd = tcp_accept(listenfd);
		struct client *client = malloc(sizeof(*client));

		if (client == NULL) {
			close(fd);
			continue;
		}
		client->fd = fd;
		client->since = time(NULL);
		pthread_mutex_lock(&lock);
		if (pthread_create(&client->thread, NULL, serve, client) == 0) {
			pthread_detach(client->thread);
			client->next = clients;
			clients = client;
		} else {
			close(fd);
			free(client);
		}
		pthread_mutex_unlock(&lock);
	}
}
