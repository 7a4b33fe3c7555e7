/* Buggy: double fork; the intermediate child closes the listening socket only after it has forked the one that serves.
 * Loses: mp-descriptors
 * Why: the one that serves has a copy from before; all the rest is right.
 */
#include <err.h>
#include <sys/wait.h>
#include <unistd.h>
#include "server.h"

void run_server(int listenfd)
{
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == 0) {
			pid_t worker = fork();

			if (worker == 0) {
				serve_client(connfd);
				_exit(0);
			}
			close(listenfd);
			close(connfd);
			_exit(worker == -1);
		}
		close(connfd);
		if (pid == -1)
			warn("fork");
		else
			waitpid(pid, NULL, 0);
	}
}
