/* tcp.c - a listening socket, and connections from it. */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include "server.h"

int tcp_listen(uint16_t port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_ANY),
	};
	int on = 1;
	int listenfd = socket(AF_INET, SOCK_STREAM, 0);

	if (listenfd == -1)
		err(EXIT_FAILURE, "socket");
	/* A server that was just ended leaves connections in TIME_WAIT; they must not keep the port (socket(7)). */
	if (setsockopt(listenfd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == -1)
		err(EXIT_FAILURE, "setsockopt");
	if (bind(listenfd, (struct sockaddr *)&address, sizeof(address)) == -1)
		err(EXIT_FAILURE, "port %d", port);
	/* A full backlog drops the client's SYN, and it tries again a second later: as long as the kernel allows. */
	if (listen(listenfd, SOMAXCONN) == -1)
		err(EXIT_FAILURE, "listen");
	return listenfd;
}

/* What accept(2) reports although the listening socket is well: an interrupting signal, a client that left before it
 * was accepted, and ("Error handling") errors of the new connection's network. */
static bool passes(int error)
{
	static const int passing[] = {EINTR, ECONNABORTED, EPROTO, EPERM, ENETDOWN, ENOPROTOOPT, EHOSTDOWN, ENONET,
		EHOSTUNREACH, ENETUNREACH};

	for (size_t i = 0; i < sizeof(passing) / sizeof(passing[0]); i++)
		if (error == passing[i])
			return true;
	return false;
}

/* Waits out a failed accept(2). Returns false when no wait can help, as when listenfd is no listening socket. */
static bool wait_out(int listenfd, int error)
{
	struct timespec pause = {.tv_nsec = 10 * 1000 * 1000};
	struct pollfd incoming = {.fd = listenfd, .events = POLLIN};

	if (error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM)
		nanosleep(&pause, NULL); /* until some client ends and gives back what it holds */
	else if (error == EAGAIN)
		poll(&incoming, 1, -1); /* somebody made listenfd non-blocking */
	else
		return passes(error);
	return true;
}

int tcp_accept(int listenfd)
{
	int connfd;

	while ((connfd = accept(listenfd, NULL, NULL)) == -1)
		if (!wait_out(listenfd, errno))
			err(EXIT_FAILURE, "tcp_accept: descriptor %d cannot accept", listenfd);
	return connfd;
}
