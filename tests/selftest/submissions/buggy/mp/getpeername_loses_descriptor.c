/* Buggy: the parent asks who the client is; when that fails, it goes on with the next.
 * Loses: mp-robustness
 * Why: without a close: each client that has left before it was accepted costs a descriptor.
 */
#include <err.h>
#include <errno.h>
#include <netinet/in.h>
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
		struct sockaddr_in client;
		socklen_t length = sizeof(client);
		pid_t pid;

		if (getpeername(connfd, (struct sockaddr *)&client, &length) == -1) {
			warn("getpeername");
			continue;
		}
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
