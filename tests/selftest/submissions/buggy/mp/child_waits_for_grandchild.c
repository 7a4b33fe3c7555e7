/* Buggy: a double fork in which the child waits for the grandchild before it ends, and the parent for the child.
 * Loses: mp-concurrency
 * Why: the chain of waits makes it synchronous again.
 */
#include <err.h>
#include <sys/wait.h>
#include <unistd.h>
#include "server.h"

static void detach_and_serve(int connfd)
{
	pid_t pid = fork();

	if (pid == 0) {
		serve_client(connfd);
		_exit(0);
	}
	if (pid > 0)
		waitpid(pid, NULL, 0);
	_exit(0);
}

void run_server(int listenfd)
{
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == 0) {
			close(listenfd);
			detach_and_serve(connfd);
		}
		close(connfd);
		if (pid == -1)
			warn("fork");
		else
			waitpid(pid, NULL, 0);
	}
}
