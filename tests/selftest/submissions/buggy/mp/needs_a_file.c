/* Buggy: reads its settings before main(), and ends without them.
 * Loses: everything
 * Why: there is no such file where it is graded, and nobody else has one.
 */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

static void reap_children(int signo)
{
	int saved_errno = errno; /* the interrupted code may be about to look at it */

	(void)signo;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	errno = saved_errno;
}

__attribute__((constructor)) static void read_settings(void)
{
	if (access("/etc/mp_server.conf", R_OK) == -1)
		err(EXIT_FAILURE, "/etc/mp_server.conf");
}

void run_server(int listenfd)
{
	struct sigaction act = {.sa_handler = reap_children, .sa_flags = SA_RESTART | SA_NOCLDSTOP};

	if (sigaction(SIGCHLD, &act, NULL) == -1)
		err(EXIT_FAILURE, "sigaction");

	for (;;) {
		int connfd = tcp_accept(listenfd);

		switch (fork()) {
		case -1:
			warn("fork: a client is dropped");
			break;

		case 0:
			close(listenfd);
			serve_client(connfd);
			_exit(EXIT_SUCCESS); /* closes the child's copy of connfd */
		}

		close(connfd); /* the parent's copy; the connection ends with the child's */
	}
}
