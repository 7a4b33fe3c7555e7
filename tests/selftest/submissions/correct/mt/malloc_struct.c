/* Correct: a malloc'ed struct for each client, with its descriptor, number and address, freed by the thread at its end. */
#include <arpa/inet.h>
#include <err.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server.h"

struct client {
	int fd;
	unsigned long number;
	struct sockaddr_in address;
};

static void client_free(struct client *client)
{
	close(client->fd);
	free(client);
}

static void *client_run(void *arg)
{
	struct client *client = arg;
	char text[INET_ADDRSTRLEN];

	if (inet_ntop(AF_INET, &client->address.sin_addr, text, sizeof(text)) != NULL)
		warnx("client %lu: %s port %d", client->number, text, ntohs(client->address.sin_port));
	serve_client(client->fd);
	client_free(client);
	return NULL;
}

void run_server(int listenfd)
{
	unsigned long number = 0;
	pthread_attr_t attr;

	if (pthread_attr_init(&attr) || pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED))
		errx(EXIT_FAILURE, "pthread_attr");
	for (;;) {
		int fd = tcp_accept(listenfd);
		struct client *client = calloc(1, sizeof(*client));
		socklen_t length = sizeof(client->address);
		pthread_t thread;

		if (client == NULL) {
			warn("calloc");
			close(fd);
			continue;
		}
		client->fd = fd;
		client->number = ++number;
		/* Fails for a client that has gone already; its address then stays 0.0.0.0. */
		getpeername(fd, (struct sockaddr *)&client->address, &length);
		if (pthread_create(&thread, &attr, client_run, client) != 0) {
			warnx("client %lu: no thread", client->number);
			client_free(client);
		}
	}
}
