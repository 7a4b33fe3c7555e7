/* Buggy: its own service, with a table of results in shared memory.
 * Loses: mp-speedup
 * Why: what was computed once, by any child, is never computed again, and within one request neither: no work is left.
 */
#include <err.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
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

static unsigned long *memo;

static unsigned long fib(int n)
{
	if (memo[n] == 0)
		memo[n] = n < 2 ? 1 : fib(n - 1) + fib(n - 2);
	return memo[n];
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
	memo = mmap(NULL, 41 * sizeof(*memo), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (memo == MAP_FAILED)
		err(1, "mmap");
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
