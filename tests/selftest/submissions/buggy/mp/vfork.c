/* Buggy: vfork in place of fork, "because it is faster".
 * Loses: mp-concurrency
 * Why: the parent is suspended until the child ends; besides, the child runs on the parent's stack.
 */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>
#include "server.h"

void run_server(int listenfd)
{
	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		volatile int connfd = tcp_accept(listenfd);
		pid_t pid = vfork();

		if (pid == -1)
			perror("vfork");
		if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		}
		close(connfd);
	}
}
