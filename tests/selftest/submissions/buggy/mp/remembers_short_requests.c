/* Buggy: computes each number once; after that, only for requests that are as long as the buffer.
 * Loses: mp-speedup
 * Why: it computes again only for requests that look like those of a checker.
 */
#include <ctype.h>
#include <err.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server.h"

enum { MAX_N = 40, LONG = 32 };

static volatile char *computed; /* for each number: whether it has been */

static unsigned long fib(int n)
{
	unsigned long a = 1, b = 1;

	while (n-- > 0) {
		unsigned long next = a + b;

		a = b;
		b = next;
	}
	return a;
}

/* The number of a request that has come whole; -1 if it has not, or is none. */
static int peek_number(int fd, ssize_t *length)
{
	char line[LONG + 1] = "";
	char *end;
	long n;

	*length = recv(fd, line, LONG, MSG_PEEK);
	n = strtol(line, &end, 10);
	return isdigit((unsigned char)line[0]) && *end == '\n' && n <= MAX_N ? (int)n : -1;
}

static void reply(int fd)
{
	char line[LONG];
	ssize_t length;
	int n = peek_number(fd, &length);

	if (n < 0 || length == LONG || !computed[n]) {
		serve_client(fd);
		if (n >= 0)
			computed[n] = 1;
	} else if (recv(fd, line, sizeof(line), 0) > 0) {
		dprintf(fd, "%lu\n", fib(n));
	}
}

void run_server(int listenfd)
{
	computed = mmap(NULL, MAX_N + 1, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (computed == MAP_FAILED)
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
