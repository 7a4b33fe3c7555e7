/* Buggy: the handler waits, blocking, until no child is left.
 * Loses: mp-concurrency
 * Why: once one client is done the parent is stuck in the handler until all others are: a silent client holds up every
 *      client that connects from then on. (Those accepted before the first one ended are served.)
 */
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include "server.h"

static void clean_up_children(int sig)
{
	int saved = errno;

	(void)sig;
	while (wait(NULL) > 0)
		;
	errno = saved;
}

void run_server(int listenfd)
{
	struct sigaction sa = { .sa_handler = clean_up_children, .sa_flags = SA_RESTART };

	sigaction(SIGCHLD, &sa, NULL);
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		}
		close(connfd);
	}
}
