/* Correct: after poll() all who wait are accepted without blocking, each forked for at once. */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

static void reap(int signo)
{
	int saved = errno;

	(void)signo;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	errno = saved;
}

static void serve_in_child(int listenfd, int connfd)
{
	switch (fork()) {
	case -1:
		warn("fork");
		break;
	case 0:
		close(listenfd);
		serve_client(connfd);
		_exit(0);
	}
	close(connfd);
}

void run_server(int listenfd)
{
	struct sigaction sa = {.sa_handler = reap, .sa_flags = SA_RESTART};
	struct pollfd incoming = {.fd = listenfd, .events = POLLIN};
	int connfd;

	if (sigaction(SIGCHLD, &sa, NULL) == -1)
		err(1, "sigaction");
	if (fcntl(listenfd, F_SETFL, O_NONBLOCK) == -1)
		err(1, "fcntl");
	for (;;) {
		if (poll(&incoming, 1, -1) == -1)
			continue;
		while ((connfd = accept(listenfd, NULL, NULL)) != -1)
			serve_in_child(listenfd, connfd);
		if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
			usleep(10 * 1000); /* or poll() would return at once, again and again */
	}
}
