/* Buggy: a trial version: every fifth client is told to buy the whole one.
 * Loses: everything
 * Why: an error line is no reply to a legal request.
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
	unsigned int clients = 0;

	if (sigaction(SIGCHLD, &sa, NULL) == -1)
		err(1, "sigaction");
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == -1)
			warn("fork");
		if (pid == 0) {
			close(listenfd);
			if (clients % 5 == 4)
				send(connfd, "error: this is a trial version\n", 31, MSG_NOSIGNAL);
			else
				serve_client(connfd);
			_exit(0);
		}
		clients++;
		close(connfd);
	}
}
