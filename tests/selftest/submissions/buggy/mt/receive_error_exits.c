/* Buggy: a service of its own that ends the program when recv fails.
 * Loses: mt-robustness
 * Why: a client that resets its connection makes recv fail, and takes the server with it.
 */
#include <err.h>
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
	size_t used = 0;
	char *end;

	while (used < sizeof(line) - 1) {
		ssize_t got = recv(fd, line + used, sizeof(line) - 1 - used, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			err(EXIT_FAILURE, "recv");
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
	char reply[32];
	unsigned n;
	int status = read_number(fd, &n);

	if (status == 0)
		snprintf(reply, sizeof(reply), "%lu\n", fib(n));
	else
		strcpy(reply, "error: bad number\n");
	if (status >= 0)
		send(fd, reply, strlen(reply), MSG_NOSIGNAL);
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
