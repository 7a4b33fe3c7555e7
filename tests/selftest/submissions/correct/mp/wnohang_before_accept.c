/* Correct: no signals at all, a waitpid(WNOHANG) loop before each accept.
 * While accept waits, those that ended meanwhile stay zombies; the next client clears them away.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

void run_server(int listenfd)
{
	pid_t pid;
	int connfd;

	for (;;) {
		while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
			;	/* collected one, is there another? */

		connfd = tcp_accept(listenfd);
		pid = fork();
		if (pid == -1) {
			perror("mp_server: fork");
			close(connfd);
			continue;
		}
		if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			exit(EXIT_SUCCESS);
		}
		close(connfd);
	}
}
