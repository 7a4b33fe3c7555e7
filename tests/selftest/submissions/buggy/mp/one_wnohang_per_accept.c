/* Buggy: one waitpid(WNOHANG) for each accept.
 * Loses: mp-zombies
 * Why: one comes and one goes, so what once piled up stays for ever.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include "server.h"

void run_server(int listenfd)
{
	int connfd;
	pid_t pid;

	while ((connfd = tcp_accept(listenfd)) >= 0) {
		waitpid(-1, NULL, WNOHANG);	// get rid of a zombie
		if ((pid = fork()) == 0) {
			close(listenfd);
			serve_client(connfd);
			exit(0);
		}
		if (pid < 0)
			perror("fork");
		close(connfd);
	}
}
