/* Buggy: a double fork; the process in the middle tries until the second one works.
 * Loses: mp-robustness
 * Why: the parent waits for the one in the middle, and accepts nobody as long as processes are
 *      short.
 */
#include <err.h>
#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

static void middle(int listenfd, int connfd)
{
	pid_t pid;

	close(listenfd);
	while ((pid = fork()) == -1)
		usleep(1000);
	if (pid == 0)
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
