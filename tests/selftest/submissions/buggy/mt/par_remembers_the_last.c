/* Buggy: its own service remembers the last result.
 * Loses: mt-speedup
 * Why: the same request, asked again, costs nothing.
 */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server.h"

/* Reads a request; -1 if it is none. */
static int read_number(int fd)
{
	char line[33] = "";
	size_t used = 0;
	ssize_t got;
	char *end;

	while (used < sizeof(line) - 1 && strchr(line, '\n') == NULL) {
		got = recv(fd, line + used, sizeof(line) - 1 - used, 0);
		if (got <= 0)
			break;
		used += (size_t)got;
	}
	long n = strtol(line, &end, 10);
	return *line >= '0' && *line <= '9' && (*end == '\n' || *end == '\r' || *end == '\0') && n <= 40 ? (int)n : -1;
}

static void say(int fd, unsigned long number)
{
	char line[32];
	int length = snprintf(line, sizeof(line), "%lu\n", number);

	send(fd, line, (size_t)length, MSG_NOSIGNAL);
}

static void refuse(int fd)
{
	send(fd, "error: not a number from 0 to 40\n", 33, MSG_NOSIGNAL);
}

static __attribute__((noinline)) unsigned long fib(int n)
{
	__asm__ volatile("" : "+r"(n));
	return n < 2 ? 1 : fib(n - 1) + fib(n - 2);
}

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int last = -1;
static unsigned long last_result;

static unsigned long known(int n)
{
	unsigned long result = 0;

	pthread_mutex_lock(&mutex);
	if (n == last)
		result = last_result;
	pthread_mutex_unlock(&mutex);
	return result;
}

static void serve(int fd)
{
	int n = read_number(fd);
	unsigned long result;

	if (n < 0) {
		refuse(fd);
		return;
	}
	result = known(n);
	if (result == 0)
		result = fib(n);
	pthread_mutex_lock(&mutex);
	last = n;
	last_result = result;
	pthread_mutex_unlock(&mutex);
	say(fd, result);
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
