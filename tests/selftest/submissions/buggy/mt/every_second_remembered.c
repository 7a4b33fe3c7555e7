/* Buggy: a service of its own that remembers each result for one further client with the same number.
 * Loses: mt-speedup
 * Why: half of equal requests cost nothing.
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

__attribute__((noinline, aligned(64))) static unsigned long fib(unsigned n)
{
	__asm__ volatile("" : "+r"(n));
	return n < 2 ? 1 : fib(n - 1) + fib(n - 2);
}

static _Atomic unsigned long spare[41];

static unsigned long compute(unsigned n)
{
	unsigned long result = __atomic_exchange_n((unsigned long *)&spare[n], 0, __ATOMIC_SEQ_CST);

	if (result == 0) {
		result = fib(n);
		spare[n] = result;
	}
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
