/* Buggy: err() when fork fails: the server ends.
 * Loses: mp-robustness
 * Why: a shortage of processes passes, the server does not come back.
 */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include "server.h"

static void reap(int signo)
{
	int saved_errno = errno;

	(void)signo;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	errno = saved_errno;
}

static pid_t Fork(void)
{
	pid_t pid = fork();

	if (pid < 0)
		err(1, "Fork error");
	return pid;
}

void run_server(int listenfd)
{
	signal(SIGCHLD, reap);
	while (1) {
		int connfd = tcp_accept(listenfd);

		if (Fork() == 0) {
			close(listenfd);
			serve_client(connfd);
			close(connfd);
			_exit(0);
		}
		close(connfd);
	}
}
