/* Buggy: a mutex for one number alone.
 * Loses: mt-speedup
 * Why: two clients who ask for 38 wait for each other.
 */
#define _GNU_SOURCE
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server.h"

/* The number that a client has asked for, which stays to be read; -1 if there is none. */
static int peek_number(int fd)
{
	struct pollfd end = { .fd = fd, .events = POLLRDHUP };
	char line[33] = "";
	int least = 1;
	ssize_t length;

	for (;;) {
		setsockopt(fd, SOL_SOCKET, SO_RCVLOWAT, &least, sizeof(least));
		length = recv(fd, line, sizeof(line) - 1, MSG_PEEK);
		if (length <= 0 || length == sizeof(line) - 1 || memchr(line, '\n', (size_t)length) != NULL)
			break;
		if (length < least && poll(&end, 1, 0) != 0)
			break; /* else a signal has let recv() return before there was more */
		least = (int)length + 1;
	}
	least = 1;
	setsockopt(fd, SOL_SOCKET, SO_RCVLOWAT, &least, sizeof(least));
	return length > 0 ? atoi(line) : -1;
}

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void serve(int fd)
{
	int n = peek_number(fd);
	int alone = n == 38;

	if (alone)
		pthread_mutex_lock(&mutex);
	serve_client(fd);
	if (alone)
		pthread_mutex_unlock(&mutex);
}

static void *thread(void *arg)
{
	int fd = (int)(intptr_t)arg;

	serve(fd);
	close(fd);
	return NULL;
}

void run_server(int listenfd)
{
	for (;;) {
		int fd = tcp_accept(listenfd);
		pthread_t id;

		if (pthread_create(&id, NULL, thread, (void *)(intptr_t)fd) == 0)
			pthread_detach(id);
		else
			close(fd);
	}
}
