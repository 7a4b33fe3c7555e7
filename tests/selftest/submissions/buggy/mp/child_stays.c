/* Buggy: the child closes the connection and then waits for ever.
 * Loses: mp-processes
 * Why: one process more for each client.
 * Either: mp-zombies - no child ever ends, so that nothing is there to be reaped.
 * Either: mp-robustness - what the flood leaves behind is processes.
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

		if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			close(connfd);
			for (;;)
				pause();	/* until the parent has no more use for us */
		}
		if (pid == -1)
			perror("fork");
		close(connfd);
	}
}
