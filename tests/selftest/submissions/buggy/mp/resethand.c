/* Buggy: SA_RESETHAND: the handler works for the first signal only.
 * Loses: mp-zombies
 * Why: from the second child on the default action applies, which does nothing.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include "server.h"

static void bury(int signo)
{
	int saved_errno = errno;

	(void)signo;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	errno = saved_errno;
}

void run_server(int listenfd)
{
	struct sigaction action = {.sa_handler = bury, .sa_flags = SA_RESTART | SA_RESETHAND};

	if (sigaction(SIGCHLD, &action, NULL) == -1)
		exit(1);
	for (;;) {
		int connfd = tcp_accept(listenfd);

		if (fork() == 0) {
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		}
		close(connfd);
	}
}
