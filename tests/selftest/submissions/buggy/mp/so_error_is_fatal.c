/* Buggy: the parent asks the new connection for a pending error, and ends when there is one.
 * Loses: mp-robustness
 * Why: a client that has reset its connection left one: ECONNRESET.
 */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
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

	if (sigaction(SIGCHLD, &sa, NULL) == -1)
		err(1, "sigaction");
	for (;;) {
		int connfd = tcp_accept(listenfd);
		socklen_t length = sizeof(int);
		int error = 0;
		pid_t pid;

		if (getsockopt(connfd, SOL_SOCKET, SO_ERROR, &error, &length) == -1 || error != 0)
			errx(1, "connection: %s", strerror(error));
		pid = fork();
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
