/* Buggy: alarm(3) in the child: SIGALRM ends it.
 * Loses: mp-robustness
 * Why: a client may take its time between connecting and asking; this one is cut off.
 * Either: mp-speedup - on a slow machine eight large requests at once take longer
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
			alarm(3);
			serve_client(connfd);
			_exit(0);
		}
		close(connfd);
	}
}
