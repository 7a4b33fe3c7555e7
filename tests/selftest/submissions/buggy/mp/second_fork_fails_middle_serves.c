/* Buggy: a double fork; when the second one fails, the process in the middle serves.
 * Loses: mp-robustness
 * Why: the parent waits for the one in the middle: a silent client stops the server, though the
 *      shortage is over.
 */
#include <err.h>
#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

static void middle(int listenfd, int connfd)
{
	close(listenfd);
	if (fork() <= 0) /* in the grandchild; and if there is none, who else should do it? */
		serve_client(connfd);
	_exit(0);
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
