/* Buggy: its own service: naive recursion, but results are kept in shared memory for the next client.
 * Loses: mp-speedup
 * Why: eight requests of one n after a first of the same cost nothing.
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

#define MAX 40

static volatile unsigned long *known;

__attribute__((noinline)) static unsigned long fib(int n)
{
	__asm__ volatile("" : "+r"(n));
	return n < 2 ? 1 : fib(n - 1) + fib(n - 2);
}

static unsigned long lookup(int n)
{
	if (known[n] == 0)
		known[n] = fib(n);
	return known[n];
}

static void reply(int fd)
{
	int n = read_number(fd);

	if (n < 0)
		dprintf(fd, "error: not a number from 0 to 40\n");
	else
		dprintf(fd, "%lu\n", lookup(n));
}

void run_server(int listenfd)
{
	known = mmap(NULL, (MAX + 1) * sizeof(*known), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (known == MAP_FAILED)
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
