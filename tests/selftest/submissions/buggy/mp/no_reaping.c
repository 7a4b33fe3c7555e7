/* Buggy: nobody ever waits for the children.
 * Loses: mp-zombies
 * Why: each client leaves a zombie; nothing else is wrong.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "server.h"

void run_server(int listenfd)
{
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == -1) {
			perror("fork");
			close(connfd);
			continue;
		}
		if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			close(connfd);
			exit(EXIT_SUCCESS);
		}
		close(connfd);
	}
}
