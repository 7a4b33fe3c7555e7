/* Correct: gives SIGPIPE its default action back.
 * Harmless: the service sends with MSG_NOSIGNAL, and neither parent nor child writes to a client otherwise.
 */
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
#include "server.h"

void run_server(int listenfd)
{
	signal(SIGPIPE, SIG_DFL);
	signal(SIGCHLD, SIG_IGN);

	for (;;) {
		int fd = tcp_accept(listenfd);
		pid_t p = fork();

		if (p == -1)
			perror("fork");
		if (p == 0) {
			close(listenfd);
			serve_client(fd);
			_exit(0);
		}
		close(fd);
	}
}
