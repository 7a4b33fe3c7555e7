/* Hostile: names of processes with brackets, blanks and newlines.
 * Loses: nothing
 * Why: they are names, and no more. */
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>
#include "server.h"

void run_server(int listenfd)
{
	signal(SIGCHLD, SIG_IGN);
	prctl(PR_SET_NAME, "a) Z 1 (\n");
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == 0) {
			close(listenfd);
			prctl(PR_SET_NAME, ") R (\t");
			serve_client(connfd);
			_exit(0);
		}
		close(connfd);
	}
}
