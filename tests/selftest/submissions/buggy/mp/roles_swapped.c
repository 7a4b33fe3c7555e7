/* Buggy: the parent serves and ends, the child goes on accepting.
 * Loses: mp-processes mp-descriptors
 * Why: the server is another process after each client: a child that accepts, and holds the listening socket for ever.
 * Either: mp-zombies - the parent of those that ended has mostly ended itself.
 * Either: mp-robustness - limits set on the process that was idle do not reach its successor's successor.
 */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>
#include "server.h"

void run_server(int listenfd)
{
	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == -1) {
			perror("fork");
		} else if (pid != 0) {
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		}
		close(connfd);
	}
}
