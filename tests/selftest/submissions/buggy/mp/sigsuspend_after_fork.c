/* Buggy: after each fork the parent sleeps in sigsuspend until SIGCHLD comes.
 * Loses: mp-concurrency
 * Why: it waits for the child, only by other means than waitpid.
 */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include "server.h"

static void handler(int s)
{
	(void)s;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

void run_server(int listenfd)
{
	sigset_t chld, old;

	signal(SIGCHLD, handler);
	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	sigprocmask(SIG_BLOCK, &chld, &old);

	while (1) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == 0) {
			sigprocmask(SIG_SETMASK, &old, NULL);
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		}
		close(connfd);
		if (pid > 0)
			sigsuspend(&old);	/* the child tells us when it is done */
	}
}
