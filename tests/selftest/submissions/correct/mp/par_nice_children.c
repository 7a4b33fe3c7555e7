/* Correct: the children step back behind the parent, which accepts: nice(2). */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "server.h"

static void serve(int fd)
{
	if (nice(5) == -1)
		perror("nice");
	serve_client(fd);
}

void run_server(int listenfd)
{
	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		int fd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == 0) {
			close(listenfd);
			serve(fd);
			_exit(0);
		}
		if (pid == -1)
			perror("fork");
		close(fd);
	}
}
