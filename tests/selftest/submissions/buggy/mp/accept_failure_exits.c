/* Buggy: any failure of its own accept(2) ends the server.
 * Loses: mp-robustness
 * Why: without handlers there is no EINTR, but EMFILE comes when descriptors are short.
 */
#include <err.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>
#include "server.h"

void run_server(int listenfd)
{
	signal(SIGCHLD, SIG_IGN);
	while (1) {
		int connfd = accept(listenfd, NULL, NULL);
		pid_t pid;

		if (connfd == -1)
			err(1, "accept");
		pid = fork();
		if (pid == -1)
			warn("fork");
		if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		}
		close(connfd);
	}
}
