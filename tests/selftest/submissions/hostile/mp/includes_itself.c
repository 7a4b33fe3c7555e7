/* Hostile: includes itself, twice.
 * Loses: compile
 * Why: the compiler has its time, and no more. */
#include <signal.h>
#include <unistd.h>
#include "server.h"

#include __FILE__
#include __FILE__

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
