/* Buggy: SO_LINGER with a time of zero, "so that no TIME_WAIT is left".
 * Loses: everything
 * Why: close() then resets the connection: the client gets the line, and then an error in place of
 *      an end.
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

static void serve(int connfd)
{
	struct linger hard = {.l_onoff = 1};

	setsockopt(connfd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
	serve_client(connfd);
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
			serve(connfd);
			_exit(0);
		}
		close(connfd);
	}
}
