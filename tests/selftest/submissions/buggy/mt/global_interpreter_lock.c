/* Buggy: a service of its own as an interpreter would do it: one lock for all, given up every few milliseconds.
 * Loses: mt-speedup
 * Why: the threads take turns so often that all get on, but only one of them ever computes.
 */
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server.h"

static int read_number(int fd, unsigned *n)
{
	char line[32];
	size_t used = 0, digits;

	while (used < sizeof(line) - 1) {
		ssize_t got = recv(fd, line + used, sizeof(line) - 1 - used, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		used += (size_t)got;
		if (got == 0 || memchr(line, '\n', used) != NULL)
			break;
	}
	line[used] = '\0';
	digits = strspn(line, "0123456789");
	*n = (unsigned)strtoul(line, NULL, 10);
	if (digits == 0 || digits > 2 || (digits == 2 && line[0] == '0') || *n > 40)
		return 1;
	if (line[digits] == '\r')
		digits++;
	return line[digits] == '\n' || line[digits] == '\0' ? 0 : 1;
}

static void discard_rest(int fd)
{
	char rest[4096];

	shutdown(fd, SHUT_WR);
	while (recv(fd, rest, sizeof(rest), MSG_DONTWAIT) > 0)
		;
}

static struct {
	pthread_mutex_t mutex;
	pthread_cond_t change;
	unsigned long next, serving;
} gil = {.mutex = PTHREAD_MUTEX_INITIALIZER, .change = PTHREAD_COND_INITIALIZER};

static __thread unsigned long calls;

static void acquire(void)
{
	unsigned long ticket;

	pthread_mutex_lock(&gil.mutex);
	ticket = gil.next++;
	while (gil.serving != ticket)
		pthread_cond_wait(&gil.change, &gil.mutex);
	pthread_mutex_unlock(&gil.mutex);
}

static void release(void)
{
	pthread_mutex_lock(&gil.mutex);
	gil.serving++;
	pthread_cond_broadcast(&gil.change);
	pthread_mutex_unlock(&gil.mutex);
}

__attribute__((noinline)) static unsigned long fib(unsigned n)
{
	if (++calls % 4000000 == 0) {
		release();
		acquire();
	}
	return n < 2 ? 1 : fib(n - 1) + fib(n - 2);
}

static unsigned long compute(unsigned n)
{
	unsigned long result;

	acquire();
	result = fib(n);
	release();
	return result;
}

static void *serve(void *arg)
{
	int fd = (int)(intptr_t)arg;
	char reply[32] = "error: bad number\n";
	unsigned n;
	int status = read_number(fd, &n);

	if (status == 0)
		snprintf(reply, sizeof(reply), "%lu\n", compute(n));
	if (status >= 0)
		send(fd, reply, strlen(reply), MSG_NOSIGNAL);
	if (status > 0)
		discard_rest(fd);
	close(fd);
	return NULL;
}

void run_server(int listenfd)
{
	for (;;) {
		int fd = tcp_accept(listenfd);
		pthread_t thread;

		if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)fd) == 0)
			pthread_detach(thread);
		else
			close(fd);
	}
}
