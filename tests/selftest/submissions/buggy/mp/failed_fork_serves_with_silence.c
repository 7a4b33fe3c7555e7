/* Buggy: when fork fails, the parent serves the client itself, synchronously.
 * Loses: mp-robustness
 * Why: that client may be silent: then the server accepts nobody any more, though the shortage is
 *      over.
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

		if (pid == -1) {
			warn("fork: served by the parent");
			serve_client(connfd);
		}
		if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		}
		close(connfd);
	}
}
