/* Buggy: its own service burns two fifths of the work, then looks the result up.
 * Loses: mp-speedup
 * Why: most of each result is not computed.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server.h"

/* Reads a request; -1 if it is none. */
static int read_number(int fd)
{
	char line[33] = "";
	size_t used = 0;
	ssize_t got;
	char *end;

	while (used < sizeof(line) - 1 && strchr(line, '\n') == NULL) {
		got = recv(fd, line + used, sizeof(line) - 1 - used, 0);
		if (got <= 0)
			break;
		used += (size_t)got;
	}
	long n = strtol(line, &end, 10);
	return *line >= '0' && *line <= '9' && (*end == '\n' || *end == '\r' || *end == '\0') && n <= 40 ? (int)n : -1;
}

static void say(int fd, unsigned long number)
{
	char line[32];
	int length = snprintf(line, sizeof(line), "%lu\n", number);

	send(fd, line, (size_t)length, MSG_NOSIGNAL);
}

static void refuse(int fd)
{
	send(fd, "error: not a number from 0 to 40\n", 33, MSG_NOSIGNAL);
}

static __attribute__((noinline)) unsigned long fib(int n)
{
	__asm__ volatile("" : "+r"(n));
	return n < 2 ? 1 : fib(n - 1) + fib(n - 2);
}

static unsigned long table(int n)
{
	unsigned long a = 1, b = 1;

	while (n-- > 0) {
		unsigned long c = a + b;

		a = b;
		b = c;
	}
	return a;
}

static void serve(int fd)
{
	int n = read_number(fd);

	if (n < 0) {
		refuse(fd);
		return;
	}
	fib(n > 2 ? n - 2 : 0);
	say(fd, table(n));
}

void run_server(int listenfd)
{
	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		int fd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == 0) {
			close(listenfd);
			serve(fd);
			_exit(0);
		}
		if (pid == -1)
			perror("fork");
		close(fd);
	}
}
