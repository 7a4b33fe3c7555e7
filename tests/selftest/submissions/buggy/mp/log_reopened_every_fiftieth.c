/* Buggy: opens its log anew after every fiftieth client, and does not close the old one.
 * Loses: mp-descriptors
 * Why: one descriptor is lost for fifty clients.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
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
	int log = open("/dev/null", O_WRONLY | O_APPEND | O_CLOEXEC);
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
			serve_client(connfd);
			_exit(0);
		}
		if (++clients % 50 == 0)
			log = open("/dev/null", O_WRONLY | O_APPEND | O_CLOEXEC);
		if (log != -1)
			dprintf(log, "client %u: process %d\n", clients, (int)pid);
		close(connfd);
	}
}
