/* Buggy: one wait() per SIGCHLD.
 * Loses: mp-zombies
 * Why: signals that are pending merge, so children that end together leave zombies; each that ends alone is reaped.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "server.h"

static void sig_chld(int signo)
{
	int stat, e = errno;

	(void)signo;
	wait(&stat);
	errno = e;
}

void run_server(int listenfd)
{
	struct sigaction sa;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = sig_chld;
	sa.sa_flags = SA_RESTART;
	sigaction(SIGCHLD, &sa, NULL);

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
