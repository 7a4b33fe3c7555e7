/* Buggy: a child tells by its status that the client has left; the parent takes it for a disaster.
 * Loses: mp-robustness
 * Why: a client that leaves without a request ends the server.
 */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

static void on_sigchld(int signo)
{
	int saved = errno, status;

	(void)signo;
	while (waitpid(-1, &status, WNOHANG) > 0)
		if (status != 0)
			_exit(2); /* something is badly wrong */
	errno = saved;
}

static int client_is_there(int connfd)
{
	char byte;

	return recv(connfd, &byte, 1, MSG_PEEK) > 0;
}

void run_server(int listenfd)
{
	struct sigaction sa = {.sa_handler = on_sigchld, .sa_flags = SA_RESTART};

	if (sigaction(SIGCHLD, &sa, NULL) == -1)
		err(1, "sigaction");
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == -1)
			warn("fork");
		if (pid == 0) {
			close(listenfd);
			if (!client_is_there(connfd))
				_exit(1);
			serve_client(connfd);
			_exit(0);
		}
		close(connfd);
	}
}
