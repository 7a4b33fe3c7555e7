/* Hostile: defines main itself.
 * Loses: compile
 * Why: main is given, and two do not link. */
#include <signal.h>
#include <unistd.h>
#include "server.h"

int main(void)
{
	for (;;)
		pause();
}

void run_server(int listenfd)
{
	signal(SIGCHLD, SIG_IGN);
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
