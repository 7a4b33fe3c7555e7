/* Buggy: the parent closes a connection only when the next client comes.
 * Loses: mp-descriptors
 * Why: nothing piles up, but a client sees the end of its reply only if somebody else connects; when fork fails the
 *      connection is closed at once, so that mp-robustness is kept.
 */
#include <err.h>
#include <signal.h>
#include <unistd.h>
#include "server.h"

void run_server(int listenfd)
{
	int previous = -1;

	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid;

		if (previous != -1)
			close(previous);
		previous = -1;
		pid = fork();
		if (pid == -1) {
			warn("fork");
			close(connfd);
			continue;
		}
		if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		}
		previous = connfd;
	}
}
