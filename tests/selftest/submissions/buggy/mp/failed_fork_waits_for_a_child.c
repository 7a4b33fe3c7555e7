/* Buggy: when fork fails, the parent waits for a child to end, and tries again.
 * Loses: mp-robustness
 * Why: the children may all serve silent clients: then nobody is accepted, though the shortage is
 *      over.
 */
#include <err.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

static pid_t fork_when_possible(void)
{
	pid_t pid;

	while ((pid = fork()) == -1) {
		warn("fork");
		if (wait(NULL) == -1)
			break;
	}
	return pid;
}

void run_server(int listenfd)
{
	for (;;) {
		int connfd = tcp_accept(listenfd);

		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
		if (fork_when_possible() == 0) {
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		}
		close(connfd);
	}
}
