/* Buggy: a limit of its own on processes, which counts births and not the living.
 * Loses: mp-robustness
 * Why: after 1000 children every client is dropped.
 */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

static void reap(int signo)
{
	int saved = errno;

	(void)signo;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	errno = saved;
}

enum { MOST_CHILDREN = 1000 };

static pid_t limited_fork(void)
{
	static int children;

	if (children >= MOST_CHILDREN) {
		errno = EAGAIN;
		return -1;
	}
	children++;
	return fork();
}

void run_server(int listenfd)
{
	struct sigaction sa = {.sa_handler = reap, .sa_flags = SA_RESTART};

	if (sigaction(SIGCHLD, &sa, NULL) == -1)
		err(1, "sigaction");
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = limited_fork();

		if (pid == -1)
			warn("fork");
		if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		}
		close(connfd);
	}
}
