/* Buggy: the parent looks whether the request is there already, and ends on any other error.
 * Loses: mp-robustness
 * Why: a client that has reset its connection makes recv() fail with ECONNRESET.
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
		char byte;
		pid_t pid;

		if (recv(connfd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == -1 && errno != EAGAIN)
			err(1, "recv");
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
