/* Buggy: a service of its own that reads the digits one by one, and stops before the newline.
 * Loses: everything
 * Why: a socket that is closed with input unread is reset: the reply comes, but no orderly end.
 */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server.h"

__attribute__((noinline, aligned(64))) static unsigned long fib(unsigned n)
{
	__asm__ volatile("" : "+r"(n));
	return n < 2 ? 1 : fib(n - 1) + fib(n - 2);
}

static int read_number(int fd)
{
	int n = 0, digits = 0;
	char c;

	while (recv(fd, &c, 1, MSG_PEEK) == 1 && c >= '0' && c <= '9' && n <= 40) {
		n = 10 * n + (c - '0');
		digits++;
		if (recv(fd, &c, 1, 0) != 1)
			return -1;
	}
	return digits > 0 && n <= 40 ? n : -1;
}

static void *serve(void *arg)
{
	int fd = (int)(intptr_t)arg;
	char reply[32] = "error: bad number\n";
	int n = read_number(fd);

	if (n >= 0)
		snprintf(reply, sizeof(reply), "%lu\n", fib((unsigned)n));
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
