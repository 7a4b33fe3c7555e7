/* Correct: O_ASYNC on the listening socket: sigwaitinfo() takes SIGIO and SIGCHLD. */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

static void accept_waiting(int listenfd)
{
	struct pollfd incoming = {.fd = listenfd, .events = POLLIN};

	while (poll(&incoming, 1, 0) == 1) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == -1)
			warn("fork");
		if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		}
		close(connfd);
	}
}

void run_server(int listenfd)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGIO);
	sigprocmask(SIG_BLOCK, &set, NULL);
	if (fcntl(listenfd, F_SETOWN, getpid()) == -1 || fcntl(listenfd, F_SETFL, O_ASYNC) == -1)
		err(1, "fcntl");
	for (;;) {
		accept_waiting(listenfd);
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
		sigwaitinfo(&set, NULL);
	}
}
