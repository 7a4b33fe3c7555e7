/* Correct: SIGCHLD is blocked but while ppoll waits, the handler only sets a flag. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

static volatile sig_atomic_t child_ended;

static void note_child(int signo)
{
	(void)signo;
	child_ended = 1;
}

static void reap(void)
{
	child_ended = 0;	/* first: a child that ends from here on sets it again */
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

void run_server(int listenfd)
{
	struct sigaction sa = { .sa_handler = note_child };
	struct pollfd pfd = { .fd = listenfd, .events = POLLIN };
	sigset_t blocked, waiting;

	sigemptyset(&blocked);
	sigaddset(&blocked, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &blocked, &waiting) == -1 || sigaction(SIGCHLD, &sa, NULL) == -1) {
		perror("signals");
		exit(EXIT_FAILURE);
	}
	sigdelset(&waiting, SIGCHLD);

	while (1) {
		int ready = ppoll(&pfd, 1, NULL, &waiting);

		if (child_ended)
			reap();
		if (ready == -1 && errno != EINTR)
			perror("ppoll");
		if (ready <= 0)
			continue;

		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == 0) {
			sigprocmask(SIG_SETMASK, &waiting, NULL);
			close(listenfd);
			serve_client(connfd);
			_exit(EXIT_SUCCESS);
		}
		if (pid == -1)
			perror("fork");
		close(connfd);
	}
}
