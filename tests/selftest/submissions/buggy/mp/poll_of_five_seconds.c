/* Buggy: poll() for the request, with a limit of five seconds.
 * Loses: mp-robustness
 * Why: a client may take its time between connecting and asking; this one is cut off.
 */
#include <err.h>
#include <errno.h>
#include <poll.h>
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

static void serve(int connfd)
{
	struct pollfd request = {.fd = connfd, .events = POLLIN};

	if (poll(&request, 1, 5000) == 1)
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
