/* Hostile: sends a byte a second, for ten minutes.
 * Loses: mp-replies mp-concurrency
 * Why: a server that only sleeps between its bytes has no reply to come. */
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
			for (int second = 0; second < 600 && write(connfd, "8", 1) == 1; second++)
				sleep(1);
			_exit(0);
		}
		close(connfd);
	}
}
