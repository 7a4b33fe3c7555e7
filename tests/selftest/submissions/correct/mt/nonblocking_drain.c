/* Correct: a non-blocking listening socket in epoll; each event drains the backlog, a shortage of descriptors pauses. */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include "server.h"

static pthread_attr_t attributes;

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;

	serve_client(connfd);
	close(connfd);
	return NULL;
}

static void start(int connfd)
{
	pthread_t thread;

	if (pthread_create(&thread, &attributes, serve, (void *)(intptr_t)connfd) != 0)
		close(connfd);
}

static void drain(int listenfd)
{
	int connfd;

	while ((connfd = accept4(listenfd, NULL, NULL, SOCK_CLOEXEC)) >= 0)
		start(connfd);
	if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
		usleep(10 * 1000);
}

void run_server(int listenfd)
{
	struct epoll_event event = { .events = EPOLLIN };
	int epfd = epoll_create1(EPOLL_CLOEXEC);

	if (epfd == -1 || epoll_ctl(epfd, EPOLL_CTL_ADD, listenfd, &event) == -1)
		err(EXIT_FAILURE, "epoll");
	fcntl(listenfd, F_SETFL, fcntl(listenfd, F_GETFL) | O_NONBLOCK);
	pthread_attr_init(&attributes);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	for (;;)
		if (epoll_wait(epfd, &event, 1, -1) == 1)
			drain(listenfd);
}
