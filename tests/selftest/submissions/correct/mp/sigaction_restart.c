/* Correct: SIGCHLD handler with SA_RESTART and a waitpid loop. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

static void on_child_end(int sig)
{
	int olderrno = errno;

	(void) sig;
	for (;;) {
		pid_t pid = waitpid(-1, NULL, WNOHANG);
		if (pid <= 0)
			break;
	}
	errno = olderrno;
}

void run_server(int listenfd)
{
	struct sigaction sa;

	memset(&sa, 0, sizeof sa);
	sa.sa_handler = on_child_end;
	sigemptyset(&sa.sa_mask);
	sa.sa_flags = SA_RESTART;
	if (sigaction(SIGCHLD, &sa, NULL) < 0) {
		perror("sigaction");
		exit(1);
	}

	while (1) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid < 0) {
			perror("fork");
		} else if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			close(connfd);
			exit(0);
		}
		close(connfd);
	}
}
