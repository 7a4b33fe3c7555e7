/* Correct: its own service, naive, that reads and writes through stdio. */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

enum { SIZE = 32 };

__attribute__((noinline)) static unsigned long fib(int n)
{
	__asm__ volatile("" : "+r"(n));
	return n < 2 ? 1 : fib(n - 1) + fib(n - 2);
}

/* Reads to the newline, which is left out; returns the length, SIZE if there is no newline. */
static size_t read_line(FILE *in, char *line)
{
	size_t length = 0;
	int c;

	while (length < SIZE && (c = getc(in)) != EOF && c != '\n')
		line[length++] = (char)c;
	if (length > 0 && length < SIZE && line[length - 1] == '\r')
		length--;
	return length;
}

static const char *parse(const char *line, size_t length, unsigned int *n)
{
	if (length == 0)
		return "error: empty request";
	if (length == SIZE)
		return "error: request too long";
	for (size_t i = 0; i < length; i++)
		if (line[i] < '0' || line[i] > '9')
			return "error: not a decimal number";
	if (line[0] == '0' && length > 1)
		return "error: a leading zero";
	*n = length > 2 ? 41 : (unsigned int)atoi(line);
	return *n > 40 ? "error: out of range" : NULL;
}

/* So that what the client still sends does not reset the connection. */
static void discard_rest(int connfd)
{
	struct timeval patience = {.tv_usec = 200 * 1000};
	char rest[8192];

	shutdown(connfd, SHUT_WR);
	setsockopt(connfd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	for (int i = 0; i < 1000 && recv(connfd, rest, sizeof(rest), 0) > 0; i++)
		;
}

static void reply(int connfd)
{
	FILE *in = fdopen(connfd, "r"), *out = fdopen(dup(connfd), "w");
	char line[SIZE + 1] = "", byte;
	const char *error;
	unsigned int n;

	if (in == NULL || out == NULL)
		err(1, "fdopen");
	error = parse(line, read_line(in, line), &n);
	if (error != NULL)
		fprintf(out, "%s\n", error);
	else
		fprintf(out, "%lu\n", fib((int)n));
	fclose(out);
	if (error != NULL || recv(connfd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0)
		discard_rest(connfd);
}

static void reap(int signo)
{
	int saved = errno;

	(void)signo;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	errno = saved;
}

void run_server(int listenfd)
{
	struct sigaction sa = {.sa_handler = reap, .sa_flags = SA_RESTART};

	if (sigaction(SIGCHLD, &sa, NULL) == -1)
		err(1, "sigaction");
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
