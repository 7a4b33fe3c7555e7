/* Buggy: its own accept, which bears EMFILE and the errors of one connection; others end it.
 * Loses: mp-robustness
 * Why: ENFILE, ENOBUFS and ENOMEM are shortages that pass, too: of the system, in place of the
 *      process.
 */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
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

static int next_client(int listenfd)
{
	int connfd;

	while ((connfd = accept(listenfd, NULL, NULL)) == -1) {
		if (errno == EMFILE)
			usleep(10 * 1000);
		else if (errno != EINTR && errno != ECONNABORTED && errno != EPROTO)
			err(1, "accept");
	}
	return connfd;
}

void run_server(int listenfd)
{
	struct sigaction sa = {.sa_handler = reap, .sa_flags = SA_RESTART};

	if (sigaction(SIGCHLD, &sa, NULL) == -1)
		err(1, "sigaction");
	for (;;) {
		int connfd = next_client(listenfd);
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
