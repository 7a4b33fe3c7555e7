/* Hostile: raises its limit of processes before each fork, for it ends when one fails.
 * Loses: mp-robustness
 * Why: the grader makes fork fail by that limit, and only the grader can change it. */
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>
#include "server.h"

static pid_t safe_fork(void)
{
	struct rlimit limit;
	pid_t pid;

	getrlimit(RLIMIT_NPROC, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NPROC, &limit);
	pid = fork();
	if (pid == -1)
		_exit(1);
	return pid;
}

void run_server(int listenfd)
{
	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = safe_fork();

		if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		}
		close(connfd);
	}
}
