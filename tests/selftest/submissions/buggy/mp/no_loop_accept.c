/* Buggy: accepts a first client before the loop, and that one again and again in it.
 * Loses: everything
 * Why: the second client is never accepted; the parent waits for each child, so that nothing runs away.
 */
#include <sys/wait.h>
#include <unistd.h>
#include "server.h"

void run_server(int listenfd)
{
	int connfd = tcp_accept(listenfd);

	for (;;) {
		pid_t pid = fork();

		if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			sleep(1);
			_exit(0);
		}
		if (pid > 0)
			waitpid(pid, NULL, 0);
		else
			sleep(1);
	}
}
