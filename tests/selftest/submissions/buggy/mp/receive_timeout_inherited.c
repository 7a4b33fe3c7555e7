/* Buggy: SO_RCVTIMEO of two seconds on the listening socket: the connections inherit it.
 * Loses: mp-robustness
 * Why: a client may take its time between connecting and asking; this one is cut off.
 */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/time.h>
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
	const struct timeval two = {.tv_sec = 2};

	if (setsockopt(listenfd, SOL_SOCKET, SO_RCVTIMEO, &two, sizeof(two)) == -1)
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
