/* Correct: SIGCHLD stays blocked and is fetched by sigtimedwait with no wait, around accept. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "server.h"

static sigset_t sigchld;

static void fetch_ended_children(void)
{
	static const struct timespec now = { 0, 0 };
	siginfo_t info;

	if (sigtimedwait(&sigchld, &info, &now) != SIGCHLD)
		return;			/* nobody ended since the last time */
	/* a pending signal is there or not, it does not count: collect them all */
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

void run_server(int listenfd)
{
	sigset_t before;

	sigemptyset(&sigchld);
	sigaddset(&sigchld, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &sigchld, &before) < 0) {
		perror("sigprocmask");
		exit(1);
	}
	for (;;) {
		int connfd;
		pid_t pid;

		fetch_ended_children();
		connfd = tcp_accept(listenfd);
		fetch_ended_children();
		if ((pid = fork()) < 0)
			perror("fork");
		if (pid == 0) {
			sigprocmask(SIG_SETMASK, &before, NULL);
			close(listenfd);
			serve_client(connfd);
			close(connfd);
			exit(0);
		}
		close(connfd);
	}
}
