/* Hostile: is two to the power of ninety lines of assembler, one after the other.
 * Loses: compile
 * Why: the compiler has its time, and no more. */
#include <signal.h>
#include <unistd.h>
#include "server.h"

__asm__(".macro twice depth\n.if \\depth\ntwice \\depth-1\ntwice \\depth-1\n.endif\n.endm\ntwice 90");

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
