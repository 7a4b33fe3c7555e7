/* Correct: the acceptor passes each connection by SCM_RIGHTS to a helper process, which forks the children.
 * The helper never has the listening socket, so no child can hold it.
 */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "server.h"

union control {
	struct cmsghdr align;
	char space[CMSG_SPACE(sizeof(int))];
};

static int send_fd(int channel, int fd)
{
	char byte = 'c';
	struct iovec iov = { .iov_base = &byte, .iov_len = 1 };
	union control ctl;
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &ctl, .msg_controllen = sizeof ctl.space };
	struct cmsghdr *c;
	ssize_t n;

	memset(&ctl, 0, sizeof ctl);
	c = CMSG_FIRSTHDR(&msg);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof fd);
	do
		n = sendmsg(channel, &msg, MSG_NOSIGNAL);
	while (n == -1 && errno == EINTR);
	return n == 1 ? 0 : -1;
}

/* Returns a descriptor, -1 if none came with the byte, -2 when the acceptor is gone. */
static int receive_fd(int channel)
{
	char byte;
	struct iovec iov = { .iov_base = &byte, .iov_len = 1 };
	union control ctl;
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &ctl, .msg_controllen = sizeof ctl.space };
	struct cmsghdr *c;
	ssize_t n;
	int fd = -1;

	do
		n = recvmsg(channel, &msg, 0);
	while (n == -1 && errno == EINTR);
	if (n <= 0)
		return -2;
	c = CMSG_FIRSTHDR(&msg);
	if (c != NULL && c->cmsg_type == SCM_RIGHTS)
		memcpy(&fd, CMSG_DATA(c), sizeof fd);
	return fd;
}

static void zygote(int channel)
{
	int connfd;

	signal(SIGCHLD, SIG_IGN);
	while ((connfd = receive_fd(channel)) != -2) {
		if (connfd == -1)
			continue;
		if (fork() == 0) {
			close(channel);
			serve_client(connfd);
			_exit(0);
		}
		close(connfd);
	}
	_exit(0);
}

void run_server(int listenfd)
{
	int channel[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, channel) == -1)
		err(1, "socketpair");
	switch (fork()) {
	case -1:
		err(1, "fork");
	case 0:
		close(listenfd);
		close(channel[0]);
		zygote(channel[1]);
	}
	close(channel[1]);
	for (;;) {
		int connfd = tcp_accept(listenfd);

		if (send_fd(channel[0], connfd) == -1)
			err(1, "the helper is gone");
		close(connfd);
	}
}
