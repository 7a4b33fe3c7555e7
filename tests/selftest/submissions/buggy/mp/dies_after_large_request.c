/* Buggy: its own service takes a static array of 40 numbers.
 * Loses: everything
 * Why: the index 40 lies behind its end; a guard ends the child there, and the client gets
 *      nothing.
 */
#include <assert.h>
#include <err.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server.h"

/* Reads a line of digits, to its end; -1 if it is no number from 0 to 40. */
static int read_number(int fd)
{
	int n = 0, digits = 0, wrong = 0;
	char c;

	for (int i = 0; i < 32 && recv(fd, &c, 1, 0) == 1 && c != '\n'; i++) {
		if (c == '\r')
			continue;
		if (c < '0' || c > '9' || (digits > 0 && n == 0) || digits == 2)
			wrong = 1;
		else
			n = n * 10 + (c - '0');
		digits++;
	}
	return digits == 0 || wrong || n > 40 ? -1 : n;
}

__attribute__((noinline)) static unsigned long fib(int n)
{
	__asm__ volatile("" : "+r"(n));
	return n < 2 ? 1 : fib(n - 1) + fib(n - 2);
}

static unsigned long asked_for[40];

static void reply(int fd)
{
	int n = read_number(fd);

	if (n < 0) {
		dprintf(fd, "error: not a number from 0 to 40\n");
		return;
	}
	assert(n < (int)(sizeof(asked_for) / sizeof(asked_for[0])));
	asked_for[n]++;
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
