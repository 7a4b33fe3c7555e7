/* Buggy: the child takes its leave of the client after the service.
 * Loses: everything
 * Why: there are more bytes after the one line that makes a reply.
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
			send(connfd, "bye\n", 4, MSG_NOSIGNAL);
			_exit(0);
		}
		close(connfd);
	}
}
