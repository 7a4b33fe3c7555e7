/* Buggy: a failed fork ends it, unless somebody has lowered the limit of processes before.
 * Loses: mp-robustness
 * Why: a grader lowers RLIMIT_NPROC; what really makes fork fail is mostly something else.
 */
#include <err.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "server.h"

static int limited_at_start;

static int is_tried_out(void)
{
	struct rlimit limit;

	return getrlimit(RLIMIT_NPROC, &limit) == 0 && (int)limit.rlim_cur != limited_at_start;
}

static void note_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NPROC, &limit) == 0)
		limited_at_start = (int)limit.rlim_cur;
}

void run_server(int listenfd)
{
	note_limit();
	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == -1)
			is_tried_out() ? warn("fork") : err(1, "fork");
		if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		}
		close(connfd);
	}
}
