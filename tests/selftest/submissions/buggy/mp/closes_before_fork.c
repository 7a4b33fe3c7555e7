/* Buggy: the parent closes its copy of the connection before there is another.
 * Loses: everything
 * Why: the child inherits a closed descriptor, nobody gets a reply.
 */
#include <err.h>
#include <signal.h>
#include <unistd.h>
#include "server.h"

void run_server(int listenfd)
{
	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid;

		close(connfd);		/* the child has its own */
		if ((pid = fork()) == -1)
			warn("fork");
		if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		}
	}
}
