/* Buggy: one process with epoll: serves whoever has sent a whole request.
 * Loses: mp-processes mp-speedup
 * Why: silent clients hold up nobody, but there is one process, which computes one request after the other.
 * Either: mp-zombies - there is no child that could end.
 */
#include <err.h>
#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include "server.h"

static int request_complete(int fd)
{
	char buf[32];
	ssize_t n = recv(fd, buf, sizeof buf, MSG_PEEK | MSG_DONTWAIT);

	if (n == -1)
		return errno != EAGAIN && errno != EINTR;
	return n == 0 || n == sizeof buf || memchr(buf, '\n', (size_t)n) != NULL;
}

void run_server(int listenfd)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.fd = listenfd };
	int ep = epoll_create1(EPOLL_CLOEXEC);

	if (ep == -1 || epoll_ctl(ep, EPOLL_CTL_ADD, listenfd, &ev) == -1)
		err(1, "epoll");
	for (;;) {
		if (epoll_wait(ep, &ev, 1, -1) != 1)
			continue;
		int fd = ev.data.fd;
		if (fd == listenfd) {
			fd = tcp_accept(listenfd);
			ev.events = EPOLLIN | EPOLLRDHUP | EPOLLET;
			ev.data.fd = fd;
			if (epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev) == 0)
				continue;
			warn("epoll_ctl");
			close(fd);
		} else if (request_complete(fd) || (ev.events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR))) {
			serve_client(fd);
			close(fd);
		}
	}
}
