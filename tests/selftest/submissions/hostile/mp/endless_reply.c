/* Hostile: sends a right reply without its newline, and then bytes without end.
 * Loses: mp-replies mp-concurrency
 * Why: a reply is a line. */
#include <signal.h>
#include <unistd.h>
#include "server.h"

void run_server(int listenfd)
{
	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == 0) {
			close(listenfd);
			while (write(connfd, "1", 1) == 1)
				;
			_exit(0);
		}
		close(connfd);
	}
}
