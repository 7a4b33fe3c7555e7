/* Buggy: the parent sleeps 200 ms before each fork, so that a flood does no harm.
 * Loses: everything
 * Why: each client waits by the clock, and all that are behind it wait for their turn.
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

		usleep(200 * 1000);
		switch (fork()) {
		case -1:
			warn("fork");
			break;
		case 0:
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		}
		close(connfd);
	}
}
