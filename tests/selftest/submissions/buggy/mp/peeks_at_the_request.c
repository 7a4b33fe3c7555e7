/* Buggy: its own service peeks at the request, and leaves it in the socket.
 * Loses: everything
 * Why: a socket that is closed with input unread is reset.
 */
#include <err.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server.h"

__attribute__((noinline)) static unsigned long fib(int n)
{
	__asm__ volatile("" : "+r"(n));
	return n < 2 ? 1 : fib(n - 1) + fib(n - 2);
}

static int peek_number(int fd)
{
	char request[32] = "";
	ssize_t length;
	char *end;
	unsigned long n;

	do
		length = recv(fd, request, sizeof(request) - 1, MSG_PEEK);
	while (length > 0 && strchr(request, '\n') == NULL && usleep(1000) == 0);
	n = strtoul(request, &end, 10);
	if (length <= 0 || end == request || request[0] < '0' || request[0] > '9')
		return -1;
	if (request[0] == '0' && end != request + 1)
		return -1;
	return (*end == '\n' || *end == '\r') && n <= 40 ? (int)n : -1;
}

static void reply(int fd)
{
	int n = peek_number(fd);

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
