/* Buggy: its own service, naive, that counts fib(0) = 0, fib(1) = 1.
 * Loses: everything
 * Why: every reply but that for 1 is wrong; who serves whom when is right.
 */
#include <err.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>
#include "server.h"

/* Reads a line of digits; -1 if it is none. */
static int read_number(int fd)
{
	char c;
	int n = -1;

	while (recv(fd, &c, 1, 0) == 1 && c != '\n') {
		if (c == '\r')
			continue;
		if (c < '0' || c > '9' || n > 40)
			return -1;
		n = (n < 0 ? 0 : n) * 10 + (c - '0');
	}
	return n > 40 ? -1 : n;
}

__attribute__((noinline)) static unsigned long fib(int n)
{
	__asm__ volatile("" : "+r"(n));
	return n < 2 ? (unsigned long)n : fib(n - 1) + fib(n - 2);
}

static void reply(int fd)
{
	int n = read_number(fd);

	if (n < 0)
		dprintf(fd, "error: not a number from 0 to 40\n");
	else
		dprintf(fd, "%lu\n", fib(n));
}

void run_server(int listenfd)
{
	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == -1)
			warn("fork");
		if (pid == 0) {
			close(listenfd);
			reply(connfd);
			_exit(0);
		}
		close(connfd);
	}
}
