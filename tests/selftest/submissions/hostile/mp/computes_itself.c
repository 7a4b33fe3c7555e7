/* Hostile: computes nothing: it answers from a table, and never calls serve_client.
 * Loses: mp-speedup
 * Why: a reply takes the CPU time of the service, or it is not the service's. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "server.h"

static const char *request_error(const char *request)
{
	size_t length = strcspn(request, "\r\n");

	if (length == 0)
		return "error: empty request\n";
	if (strspn(request, "0123456789") < length)
		return "error: not a decimal number\n";
	return length > 2 || atoi(request) > 40 ? "error: out of range, n is 0 to 40\n" : NULL;
}

static void answer(int connfd)
{
	unsigned long fib[41] = {1, 1};
	char request[32] = "", reply[32];
	size_t length = 0;
	ssize_t count;

	for (int n = 2; n <= 40; n++)
		fib[n] = fib[n - 1] + fib[n - 2];
	while (length < sizeof(request) - 1 && strchr(request, '\n') == NULL &&
		(count = read(connfd, request + length, sizeof(request) - 1 - length)) > 0)
		length += (size_t)count;
	if (request_error(request) != NULL)
		snprintf(reply, sizeof(reply), "%.31s", request_error(request));
	else
		snprintf(reply, sizeof(reply), "%lu\n", fib[atoi(request)]);
	write(connfd, reply, strlen(reply));
}

void run_server(int listenfd)
{
	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == 0) {
			close(listenfd);
			answer(connfd);
			_exit(0);
		}
		close(connfd);
	}
}
