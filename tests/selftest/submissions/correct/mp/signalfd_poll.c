/* Correct: signalfd and poll, the listening socket non-blocking, accept(2) by itself. */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

enum { CLIENTS, CHILDREN };

static sigset_t original;

static void handle_children(int sigfd)
{
	struct signalfd_siginfo info;

	/* One record may stand for many children: read it away, then ask waitpid who. */
	while (read(sigfd, &info, sizeof(info)) == (ssize_t)sizeof(info))
		;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

static void handle_client(int listenfd, int sigfd)
{
	int connfd = accept(listenfd, NULL, NULL);

	if (connfd == -1) {
		switch (errno) {
		case EAGAIN: case EINTR: case ECONNABORTED:
			return;		/* nobody there any more */
		default:
			warn("accept");
			poll(NULL, 0, 25);
			return;
		}
	}
	switch (fork()) {
	case -1:
		warn("fork");
		break;
	case 0:
		close(sigfd);
		close(listenfd);
		sigprocmask(SIG_SETMASK, &original, NULL);
		serve_client(connfd);
		_exit(0);
	}
	close(connfd);
}

void run_server(int listenfd)
{
	struct pollfd wait_for[] = {
		[CLIENTS] = { .fd = listenfd, .events = POLLIN },
		[CHILDREN] = { .events = POLLIN },
	};
	sigset_t chld;
	int sigfd, flags;

	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &chld, &original) == -1)
		err(1, "sigprocmask");
	if ((sigfd = signalfd(-1, &chld, SFD_NONBLOCK | SFD_CLOEXEC)) == -1)
		err(1, "signalfd");
	if ((flags = fcntl(listenfd, F_GETFL)) == -1 || fcntl(listenfd, F_SETFL, flags | O_NONBLOCK) == -1)
		err(1, "fcntl");
	wait_for[CHILDREN].fd = sigfd;

	for (;;) {
		if (poll(wait_for, 2, -1) == -1) {
			if (errno != EINTR)
				warn("poll");
			continue;
		}
		if (wait_for[CHILDREN].revents)
			handle_children(sigfd);
		if (wait_for[CLIENTS].revents)
			handle_client(listenfd, sigfd);
	}
}
