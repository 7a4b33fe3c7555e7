/* Buggy: waitpid for the very child in the parent's branch, "to avoid zombies".
 * Loses: mp-concurrency
 * Why: the next accept comes only after the child has ended.
 */
#include <err.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

void run_server(int listenfd)
{
	int status;

	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t child = fork();

		switch (child) {
		case -1:
			warn("fork");
			close(connfd);
			break;
		case 0:
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		default:
			close(connfd);
			if (waitpid(child, &status, 0) == child && WIFSIGNALED(status))
				warnx("child %d: signal %d", (int)child, WTERMSIG(status));
		}
	}
}
