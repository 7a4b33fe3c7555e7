/* Correct: one loop polls the listening socket and a pipe, into which ending threads write who they are, and joins those. */
#include <err.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "server.h"

static int ended[2];

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;
	pthread_t self = pthread_self();

	serve_client(connfd);
	close(connfd);
	while (write(ended[1], &self, sizeof(self)) == -1 && errno == EINTR)
		;
	return NULL;
}

static void join_one(void)
{
	pthread_t thread;

	if (read(ended[0], &thread, sizeof(thread)) == (ssize_t)sizeof(thread))
		pthread_join(thread, NULL);
}

static void start(int connfd)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd) != 0)
		close(connfd);
}

void run_server(int listenfd)
{
	struct pollfd events[2];

	if (pipe(ended) == -1)
		err(EXIT_FAILURE, "pipe");
	events[0] = (struct pollfd){.fd = ended[0], .events = POLLIN};
	events[1] = (struct pollfd){.fd = listenfd, .events = POLLIN};
	for (;;) {
		if (poll(events, 2, -1) == -1)
			continue;
		if (events[0].revents != 0)
			join_one();
		if (events[1].revents != 0)
			start(tcp_accept(listenfd));
	}
}
