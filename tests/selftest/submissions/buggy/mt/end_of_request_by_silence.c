/* Buggy: a service of its own that takes 400 ms of silence for the end of the request, not the newline.
 * Loses: everything
 * Why: the whole request is there, and the client still waits for a timeout.
 */
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server.h"

__attribute__((noinline, aligned(64))) static unsigned long fib(unsigned n)
{
	__asm__ volatile("" : "+r"(n));
	return n < 2 ? 1 : fib(n - 1) + fib(n - 2);
}

/* The first byte may take as long as it likes; then the request is what comes without a pause. */
static size_t read_request(int fd, char *line, size_t size)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	size_t used = 0;
	int patience = -1;

	while (used < size - 1 && poll(&p, 1, patience) == 1) {
		ssize_t got = recv(fd, line + used, size - 1 - used, 0);

		if (got <= 0)
			break;
		used += (size_t)got;
		patience = 400;
	}
	line[used] = '\0';
	return used;
}

static void *serve(void *arg)
{
	int fd = (int)(intptr_t)arg;
	char line[64], reply[32] = "error: bad number\n";
	size_t digits;
	int n;

	if (read_request(fd, line, sizeof(line)) > 0) {
		digits = strspn(line, "0123456789");
		n = atoi(line);
		if (digits > 0 && digits < 3 && (digits == 1 || line[0] != '0') && n <= 40 && line[digits] < ' ')
			snprintf(reply, sizeof(reply), "%lu\n", fib((unsigned)n));
	}
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
