/* Hostile: prints a full score, rows, and what moves a cursor.
 * Loses: nothing
 * Why: what it prints is relayed, if at all, indented and escaped. */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>
#include "server.h"

void run_server(int listenfd)
{
	signal(SIGCHLD, SIG_IGN);
	puts("mp-replies ................ passed ...  6\nTotal: 100/100\033[2J\033]0;title\a\r");
	fflush(stdout);
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == 0) {
			close(listenfd);
			write(1, "Total: 100/100\n\033[1A", 19);
			serve_client(connfd);
			_exit(0);
		}
		close(connfd);
	}
}
