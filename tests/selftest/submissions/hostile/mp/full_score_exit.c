/* Hostile: prints a full score before main, and exits with status 0.
 * Loses: mp-replies mp-concurrency
 * Why: the announcement never comes. */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>
#include "server.h"

__attribute__((constructor)) static void first(void)
{
	puts("Total: 100/100");
	fflush(stdout);
	_exit(0);
}

void run_server(int listenfd)
{
	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		}
		close(connfd);
	}
}
