/* Hostile: leaves a daemon behind for each client.
 * Loses: mp-processes
 * Why: they pile up; but none outlives the grading. */
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
			if (fork() == 0) {
				setsid();
				signal(SIGTERM, SIG_IGN);
				close(connfd);
				if (fork() != 0)
					_exit(0);
				setsid();
				for (;;)
					pause();
			}
			serve_client(connfd);
			_exit(0);
		}
		close(connfd);
	}
}
