/* Buggy: two dozen workers compute; each client's own child hands its connection over and stays
 *      until the end.
 * Loses: mp-processes
 * Why: the process that is the client's does not serve it; the workers are there in advance and
 *      for all. It is parallel.
 */
#define _GNU_SOURCE
#include <err.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server.h"

/* Returns when a whole request is there, or none will come any more. */
static void await_request(int connfd)
{
	struct pollfd end = {.fd = connfd, .events = POLLRDHUP};
	char peeked[32];
	ssize_t n;

	do
		n = recv(connfd, peeked, sizeof(peeked), MSG_PEEK);
	while (n > 0 && n < (ssize_t)sizeof(peeked) && memchr(peeked, '\n', (size_t)n) == NULL &&
	       poll(&end, 1, 1) == 0);
}

union control {
	struct cmsghdr align;
	char space[CMSG_SPACE(sizeof(int))];
};

static int pass(int channel, int fd)
{
	char byte = 0;
	struct iovec iov = {.iov_base = &byte, .iov_len = 1};
	union control ctl = {.space = ""};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = &ctl,
		.msg_controllen = sizeof(ctl.space)};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	return sendmsg(channel, &msg, MSG_NOSIGNAL) == 1 ? 0 : -1;
}

/* Returns -1 when nobody is there any more. */
static int take(int channel)
{
	char byte;
	struct iovec iov = {.iov_base = &byte, .iov_len = 1};
	union control ctl;
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = &ctl,
		.msg_controllen = sizeof(ctl.space)};
	int fd = -1;

	if (recvmsg(channel, &msg, 0) == 1 && CMSG_FIRSTHDR(&msg) != NULL)
		memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(fd));
	return fd;
}

enum { WORKERS = 24 };

static void work(int channel)
{
	int connfd;

	while ((connfd = take(channel)) != -1) {
		serve_client(connfd);
		shutdown(connfd, SHUT_WR);
		close(connfd);
	}
	_exit(0);
}

static void child(int connfd, int channel)
{
	char byte;

	await_request(connfd);
	pass(channel, connfd);
	while (recv(connfd, &byte, 1, MSG_PEEK) > 0) /* until a worker has read the request */
		usleep(1000);
	_exit(0);
}

static void start_workers(int listenfd, int channel[2])
{
	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, channel) == -1)
		err(1, "socketpair");
	for (int i = 0; i < WORKERS; i++) {
		switch (fork()) {
		case -1:
			err(1, "fork");
		case 0:
			close(listenfd);
			close(channel[1]);
			work(channel[0]);
		}
	}
	close(channel[0]);
}

void run_server(int listenfd)
{
	int channel[2];

	signal(SIGCHLD, SIG_IGN);
	start_workers(listenfd, channel);
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == -1)
			warn("fork");
		if (pid == 0) {
			close(listenfd);
			child(connfd, channel[1]);
		}
		close(connfd);
	}
}
