/* Buggy: tries fork again and again until it works.
 * Loses: mp-robustness
 * Why: while processes are short the client concerned is neither served nor dropped, and nobody else is accepted.
 */
#include <sched.h>
#include <signal.h>
#include <unistd.h>
#include "server.h"

void run_server(int listenfd)
{
	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		pid_t pid;
		int connfd = tcp_accept(listenfd);

		while ((pid = fork()) == -1)
			sched_yield();
		if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		}
		close(connfd);
	}
}
