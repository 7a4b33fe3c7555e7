/* Buggy: its own service tests errno after strtol without having set it to 0.
 * Loses: everything
 * Why: the parent's waitpid loop left ECHILD there, so every request gets an error and nothing is computed.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

__attribute__((noinline)) static long fib(long n)
{
	__asm__ volatile("" : "+r"(n));
	return n < 2 ? 1 : fib(n - 1) + fib(n - 2);
}

static void service(int connfd)
{
	char line[64];
	FILE *client = fdopen(connfd, "r");
	long n;

	if (client == NULL || fgets(line, sizeof(line), client) == NULL)
		return;
	n = strtol(line, NULL, 10);
	if (errno != 0 || n < 0 || n > 40)
		dprintf(connfd, "error: %s\n", errno != 0 ? strerror(errno) : "out of range");
	else
		dprintf(connfd, "%ld\n", fib(n));
}

void run_server(int listenfd)
{
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid;

		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
		pid = fork();
		if (pid == 0) {
			close(listenfd);
			service(connfd);
			_exit(0);
		}
		if (pid == -1)
			perror("fork");
		close(connfd);
	}
}
