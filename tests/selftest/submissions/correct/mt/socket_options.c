/* Correct: TCP_NODELAY, SO_KEEPALIVE and a lingering close of five seconds; options that cannot be set are only logged. */
#include <err.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server.h"

static void set(int fd, int level, int option, const void *value, socklen_t size)
{
	if (setsockopt(fd, level, option, value, size) == -1)
		warn("setsockopt");
}

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg, on = 1;
	struct linger patience = {.l_onoff = 1, .l_linger = 5};

	set(connfd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	set(connfd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	set(connfd, SOL_SOCKET, SO_LINGER, &patience, sizeof(patience));
	serve_client(connfd);
	close(connfd);
	return NULL;
}

void run_server(int listenfd)
{
	for (;;) {
		int fd = tcp_accept(listenfd);
		pthread_t thread;

		if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)fd) == 0)
			pthread_detach(thread);
		else
			close(fd);
	}
}
