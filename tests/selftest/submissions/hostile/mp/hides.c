/* Hostile: makes itself not dumpable, so that its descriptors cannot be counted, and leaves one open for each client.
 * Loses: mp-descriptors mp-robustness
 * Why: the box does not let it hide. */
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>
#include "server.h"

void run_server(int listenfd)
{
	signal(SIGCHLD, SIG_IGN);
	prctl(PR_SET_DUMPABLE, 0);
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		}
		dup(connfd);
		close(connfd);
	}
}
