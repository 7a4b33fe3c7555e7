/* tcp.c - the listening socket, and the connections that come in on it. */
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
	/* A server that has just ended leaves connections in TIME_WAIT behind: they must not keep
	 * the next server from using the port (socket(7)). */
	if (setsockopt(listenfd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == -1)
		err(EXIT_FAILURE, "setsockopt");
	if (bind(listenfd, (struct sockaddr *)&address, sizeof(address)) == -1)
		err(EXIT_FAILURE, "port %d", port);
	/* The listen queue is as long as the kernel allows: when it is full, a client's connection
	 * attempt is dropped, and the client tries again only a second later. */
	if (listen(listenfd, SOMAXCONN) == -1)
		err(EXIT_FAILURE, "listen");
	return listenfd;
}

/* Returns whether accept(2) can fail with this error although the listening socket is all right:
 * a signal arrived, the client left before it was accepted, or the new connection's network has an
 * error (accept(2), "Error handling"). */
static bool is_temporary(int error)
{
	static const int temporary[] = {EINTR, ECONNABORTED, EPROTO, EPERM, ENETDOWN, ENOPROTOOPT,
		EHOSTDOWN, ENONET, EHOSTUNREACH, ENETUNREACH};

	for (size_t i = 0; i < sizeof(temporary) / sizeof(temporary[0]); i++)
		if (error == temporary[i])
			return true;
	return false;
}

/* Called when accept(2) has failed: waits until it is worth another try. Returns false if it never
 * is, as when listenfd is not a listening socket. */
static bool wait_out(int listenfd, int error)
{
	struct timespec pause = {.tv_nsec = 10 * 1000 * 1000};
	struct pollfd incoming = {.fd = listenfd, .events = POLLIN};

	if (error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM)
		nanosleep(&pause, NULL); /* until a client leaves and what it used is free again */
	else if (error == EAGAIN)
		poll(&incoming, 1, -1); /* listenfd has been made non-blocking */
	else
		return is_temporary(error);
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
