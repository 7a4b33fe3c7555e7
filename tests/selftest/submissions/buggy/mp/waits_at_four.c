/* Buggy: at most four children: with more the parent waits for one to end.
 * Loses: mp-concurrency
 * Why: four silent clients hold up the fifth.
 */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
#include "server.h"

#define MAX_CHILDREN 4

void run_server(int listenfd)
{
	int children = 0;

	while (1) {
		int connfd = tcp_accept(listenfd);

		while (children > 0 && waitpid(-1, NULL, children < MAX_CHILDREN ? WNOHANG : 0) > 0)
			children--;
		pid_t pid = fork();
		if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		}
		close(connfd);
		if (pid > 0)
			children++;
		else
			perror("fork");
	}
}
