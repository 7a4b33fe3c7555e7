/* Buggy: SO_LINGER with a time of zero on the listening socket.
 * Loses: everything
 * Why: accepted sockets inherit it, and each is reset when it is closed.
 */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <sys/socket.h>
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
	const struct linger hard = {.l_onoff = 1, .l_linger = 0};

	if (setsockopt(listenfd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard)) == -1)
		err(1, "setsockopt");
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
		close(connfd);
	}
}
