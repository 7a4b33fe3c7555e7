/* Buggy: a double fork; when the second one fails, the middle process goes on in the loop.
 * Loses: mp-robustness
 * Why: a return in place of _exit(): it accepts clients as well, and the parent waits for it for
 *      ever.
 */
#include <err.h>
#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

static void middle(int listenfd, int connfd)
{
	switch (fork()) {
	case -1:
		warn("second fork");
		return;
	case 0:
		close(listenfd);
		serve_client(connfd);
		_exit(0);
	default:
		_exit(0);
	}
}

void run_server(int listenfd)
{
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == -1)
			warn("fork");
		if (pid == 0)
			middle(listenfd, connfd);
		close(connfd);
		if (pid > 0)
			while (waitpid(pid, NULL, 0) == -1 && errno == EINTR)
				;
	}
}
