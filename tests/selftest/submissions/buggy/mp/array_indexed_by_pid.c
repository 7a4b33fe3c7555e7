/* Buggy: the start of each child stands in an array that is indexed by pid.
 * Loses: everything
 * Why: pids go up to 4194303; the array ends at 65535, and a child of a larger one takes the
 *      server down.
 */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "server.h"

enum { PIDS = 65536 };

static volatile time_t started[PIDS];

static void reap(int signo)
{
	int saved = errno;
	pid_t pid;

	(void)signo;
	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
		started[pid] = 0;
	errno = saved;
}

void run_server(int listenfd)
{
	struct sigaction sa = {.sa_handler = reap, .sa_flags = SA_RESTART};

	if (sigaction(SIGCHLD, &sa, NULL) == -1)
		err(1, "sigaction");
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == -1)
			warn("fork");
		if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		}
		if (pid >= PIDS)
			abort();
		if (pid > 0)
			started[pid] = time(NULL);
		close(connfd);
	}
}
