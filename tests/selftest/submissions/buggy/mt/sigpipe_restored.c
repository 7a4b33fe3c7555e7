/* Buggy: a service of its own that writes the number, then the newline, with SIGPIPE back at its default.
 * Loses: mt-robustness
 * Why: a client that resets while it is being served: the first write fails, the second one kills the server.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
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
	size_t used = 0;
	char *end;

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
	*n = (unsigned)strtoul(line, &end, 10);
	return end == line || (*end != '\n' && *end != '\0') || *n > 40 ? 1 : 0;
}

__attribute__((noinline)) static unsigned long fib(unsigned n)
{
	__asm__ volatile("" : "+r"(n));
	return n < 2 ? 1 : fib(n - 1) + fib(n - 2);
}

static void *serve(void *arg)
{
	int fd = (int)(intptr_t)arg;
	unsigned n;

	if (read_number(fd, &n) == 0) {
		dprintf(fd, "%lu", fib(n));
		dprintf(fd, "\n");
	} else {
		dprintf(fd, "error: bad number\n");
	}
	close(fd);
	return NULL;
}

void run_server(int listenfd)
{
	signal(SIGPIPE, SIG_DFL);	/* do not inherit strange settings */
	for (;;) {
		int fd = tcp_accept(listenfd);
		pthread_t thread;

		if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)fd) == 0)
			pthread_detach(thread);
		else
			close(fd);
	}
}
