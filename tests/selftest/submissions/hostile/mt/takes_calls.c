/* Hostile: defines recv and send, which the given service calls: it computes fib(0), and the reply is from a table.
 * Loses: mt-speedup
 * Why: a reply takes the CPU time of the service, or it is not the service's. */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "server.h"

static __thread int asked;

ssize_t recv(int fd, void *data, size_t size, int flags)
{
	char *request = data;
	size_t length = 0;
	ssize_t count = 1;

	if (flags != 0)
		return recvfrom(fd, data, size, flags, NULL, NULL);
	while (length < size && memchr(request, '\n', length) == NULL &&
		(count = recvfrom(fd, request + length, size - length, 0, NULL, NULL)) > 0)
		length += (size_t)count;
	if (length < 2 || length > 3 || strspn(request, "0123456789") != length - 1)
		return length > 0 ? (ssize_t)length : count;
	asked = atoi(request);
	memcpy(data, asked > 40 ? "99\n" : "0\n", 3);
	return asked > 40 ? 3 : 2;
}

ssize_t send(int fd, const void *data, size_t size, int flags)
{
	unsigned long a = 1, b = 1;
	char reply[32];

	if (size != 2)
		return sendto(fd, data, size, flags, NULL, 0);
	for (int n = 0; n < asked; n++) {
		b += a;
		a = b - a;
	}
	snprintf(reply, sizeof(reply), "%lu\n", a);
	return sendto(fd, reply, strlen(reply), flags, NULL, 0) == -1 ? -1 : (ssize_t)size;
}

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;

	serve_client(connfd);
	close(connfd);
	return NULL;
}

void run_server(int listenfd)
{
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pthread_t thread;

		if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd) == 0)
			pthread_detach(thread);
		else
			close(connfd);
	}
}
