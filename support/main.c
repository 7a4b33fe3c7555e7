/* main.c - what the servers have in common: argument, listening socket, announcement. */
#include <err.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "server.h"

/* A port is one to five decimal digits, at most 65535. */
static uint16_t parse_port(const char *arg)
{
	size_t length = strlen(arg);
	long port = strtol(arg, NULL, 10);

	if (length == 0 || length > 5 || strspn(arg, "0123456789") != length || port > UINT16_MAX)
		errx(EXIT_FAILURE, "not a port: '%s'; give a number from 0 (any free port) to %d",
			arg, UINT16_MAX);
	return (uint16_t)port;
}

/* Prints the port, which the kernel has chosen if the argument was 0. */
static void announce(int listenfd)
{
	struct sockaddr_in address;
	socklen_t length = sizeof(address);

	if (getsockname(listenfd, (struct sockaddr *)&address, &length) == -1)
		err(EXIT_FAILURE, "getsockname");
	if (printf("listening on %d\n", ntohs(address.sin_port)) < 0 || fflush(stdout) == EOF)
		err(EXIT_FAILURE, "standard output");
}

int main(int argc, char *argv[])
{
	int listenfd;

	if (argc != 2)
		errx(EXIT_FAILURE, "usage: %s PORT", argv[0]);
	/* Writing to a client that has left must fail with EPIPE, not end the server. */
	if (signal(SIGPIPE, SIG_IGN) == SIG_ERR)
		err(EXIT_FAILURE, "signal");
	listenfd = tcp_listen(parse_port(argv[1]));
	announce(listenfd);
	run_server(listenfd);
	errx(EXIT_FAILURE, "run_server() returned: it must serve clients for ever");
}
