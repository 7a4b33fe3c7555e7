/* Correct: the self-pipe trick: the handler writes a byte, the loop selects on pipe and socket, and reaps. */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/select.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

static int pfd[2];

static void handler(int sig)
{
	int savedErrno = errno;

	(void)sig;
	if (write(pfd[1], "x", 1) == -1 && errno != EAGAIN)
		_exit(3);
	errno = savedErrno;
}

static void drain_and_reap(void)
{
	char buf[64];

	while (read(pfd[0], buf, sizeof buf) > 0)
		continue;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		continue;
}

void run_server(int listenfd)
{
	struct sigaction sa;
	int nfds;

	if (pipe2(pfd, O_NONBLOCK | O_CLOEXEC) == -1)
		err(1, "pipe2");
	sigemptyset(&sa.sa_mask);
	sa.sa_flags = SA_RESTART;
	sa.sa_handler = handler;
	if (sigaction(SIGCHLD, &sa, NULL) == -1)
		err(1, "sigaction");
	nfds = (pfd[0] > listenfd ? pfd[0] : listenfd) + 1;

	for (;;) {
		fd_set readfds;
		int ready;

		FD_ZERO(&readfds);
		FD_SET(listenfd, &readfds);
		FD_SET(pfd[0], &readfds);
		while ((ready = select(nfds, &readfds, NULL, NULL, NULL)) == -1 && errno == EINTR)
			continue;
		if (ready == -1)
			err(1, "select");
		if (FD_ISSET(pfd[0], &readfds))
			drain_and_reap();
		if (!FD_ISSET(listenfd, &readfds))
			continue;

		int cfd = tcp_accept(listenfd);
		switch (fork()) {
		case -1:
			warn("fork");
			break;
		case 0:
			signal(SIGCHLD, SIG_DFL);
			close(pfd[0]);
			close(pfd[1]);
			close(listenfd);
			serve_client(cfd);
			_exit(0);
		default:
			break;
		}
		close(cfd);
	}
}
