/* Hostile: prints 64 MB before it serves.
 * Loses: nothing
 * Why: the ends of the output are kept, the rest is counted. */
#include <signal.h>
#include <unistd.h>
#include "server.h"

void run_server(int listenfd)
{
	signal(SIGCHLD, SIG_IGN);
	static char line[65536] = {[65535] = '\n'};

	for (int i = 0; i < 1024; i++)
		write(1, line, sizeof(line));
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
