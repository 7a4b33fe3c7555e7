/* Buggy: a flag around large requests, tried for and yielded for; cheap ones pass by.
 * Loses: mt-speedup
 * Why: one large request is computed at a time, while the others burn the processors in sched_yield.
 */
#define _GNU_SOURCE
#include <poll.h>
#include <pthread.h>
#include <sched.h>
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

static volatile int flag, *taken = &flag;

static void serve(int fd)
{
	int large = peek_number(fd) > 28;

	while (large && __atomic_exchange_n(taken, 1, __ATOMIC_ACQUIRE))
		sched_yield();
	serve_client(fd);
	if (large)
		__atomic_store_n(taken, 0, __ATOMIC_RELEASE);
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
