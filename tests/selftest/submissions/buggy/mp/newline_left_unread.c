/* Buggy: its own service stops reading at the last digit that a number can have.
 * Loses: everything
 * Why: two digits are enough, it thinks; the newline behind them stays unread, and the end is a
 *      reset.
 */
#include <err.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server.h"

__attribute__((noinline)) static unsigned long fib(int n)
{
	__asm__ volatile("" : "+r"(n));
	return n < 2 ? 1 : fib(n - 1) + fib(n - 2);
}

/* At most two digits; what follows is of no interest. */
static int read_number(int fd)
{
	char c;
	int n = -1;

	for (int i = 0; i < 2 && recv(fd, &c, 1, 0) == 1 && c >= '0' && c <= '9'; i++)
		n = (n < 0 ? 0 : n) * 10 + (c - '0');
	return n > 40 ? -1 : n;
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
