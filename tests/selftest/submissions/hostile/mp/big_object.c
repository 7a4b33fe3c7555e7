/* Hostile: is 1.5 GB when compiled.
 * Loses: compile
 * Why: the size of files is limited. */
#include <signal.h>
#include <unistd.h>
#include "server.h"

char big[3UL << 29] = {1};

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
