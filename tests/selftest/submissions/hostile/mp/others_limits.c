/* Hostile: changes the limits, priority and scheduling of its parent.
 * Loses: nothing
 * Why: the box does not let it. */
#define _GNU_SOURCE
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <unistd.h>
#include "server.h"

static void harm(pid_t pid)
{
	struct rlimit none = {0};

	prlimit(pid, RLIMIT_NOFILE, &none, NULL);
	prlimit(pid, RLIMIT_CPU, &none, NULL);
	setpriority(PRIO_PROCESS, (id_t)pid, 19);
	setpriority(PRIO_USER, 0, 19);
	ptrace(PTRACE_ATTACH, pid, NULL, NULL);
}

void run_server(int listenfd)
{
	signal(SIGCHLD, SIG_IGN);
	harm(getppid());
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
