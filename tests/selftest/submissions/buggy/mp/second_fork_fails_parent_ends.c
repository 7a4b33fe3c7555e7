/* Buggy: a double fork; the parent takes the middle process's failure for its own, and ends.
 * Loses: mp-robustness
 * Why: the status says that the second fork failed, and that ends the server.
 */
#include <err.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

static void middle(int listenfd, int connfd)
{
	pid_t pid = fork();

	if (pid == -1)
		err(1, "second fork");
	if (pid > 0)
		_exit(0);
	close(listenfd);
	serve_client(connfd);
	_exit(0);
}

void run_server(int listenfd)
{
	for (;;) {
		int status = 0, connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == -1)
			warn("fork");
		if (pid == 0)
			middle(listenfd, connfd);
		close(connfd);
		if (pid > 0 && waitpid(pid, &status, 0) == pid && status != 0)
			errx(1, "no process for a client");
	}
}
