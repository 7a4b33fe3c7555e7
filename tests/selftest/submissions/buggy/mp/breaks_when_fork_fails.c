/* Buggy: break in place of continue when fork fails: the loop ends, and so run_server().
 * Loses: mp-robustness
 * Why: main() ends the program with a message when run_server() returns.
 */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>
#include "server.h"

void run_server(int listenfd)
{
	signal(SIGCHLD, SIG_IGN);
	while (1) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid < 0) {
			perror("fork");
			close(connfd);
			break;
		}
		if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			close(connfd);
			_exit(0);
		}
		close(connfd);
	}
	close(listenfd);
}
