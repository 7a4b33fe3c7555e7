/* Hostile: sends a right reply, and then bytes without end.
 * Loses: everything
 * Why: the connection ends after the reply. */
#include <signal.h>
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
			while (write(connfd, (char[65536]){'8'}, 65536) > 0)
				;
			_exit(0);
		}
		close(connfd);
	}
}
