/* Hostile: is made of a file of the system, by the assembler.
 * Loses: compile
 * Why: the compiler runs in the box too. */
#include <signal.h>
#include <unistd.h>
#include "server.h"

__asm__(".incbin \"/etc/passwd\"");

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
