/* Buggy: closes standard output before main(), as a daemon does it too early: nobody learns the port.
 * Loses: everything
 * Why: a server says on which port it listens.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
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

__attribute__((constructor)) static void detach(void)
{
	close(STDOUT_FILENO);
	if (open("/dev/null", O_WRONLY) == -1)
		err(EXIT_FAILURE, "/dev/null");
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
