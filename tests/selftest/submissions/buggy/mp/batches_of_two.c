/* Buggy: accepts two clients, then makes a process for each.
 * Loses: everything
 * Why: a client alone waits for a second one.
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

static void serve_in_child(int listenfd, int connfd, int other)
{
	switch (fork()) {
	case -1:
		warn("fork");
		break;
	case 0:
		close(listenfd);
		if (other != -1)
			close(other);
		serve_client(connfd);
		_exit(0);
	}
	close(connfd);
}

void run_server(int listenfd)
{
	struct sigaction sa = {.sa_handler = reap, .sa_flags = SA_RESTART};

	if (sigaction(SIGCHLD, &sa, NULL) == -1)
		err(1, "sigaction");
	for (;;) {
		int first = tcp_accept(listenfd);
		int second = tcp_accept(listenfd);

		serve_in_child(listenfd, first, second);
		serve_in_child(listenfd, second, -1);
	}
}
