/* Buggy: binds the server to one processor "for the cache"; the children inherit it.
 * Loses: mp-speedup
 * Why: however many processors there are, all eight children share one.
 */
#define _GNU_SOURCE
#include <err.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>
#include "server.h"

void run_server(int listenfd)
{
	cpu_set_t set;
	int cpu = sched_getcpu();

	CPU_ZERO(&set);
	CPU_SET(cpu < 0 ? 0 : cpu, &set);
	if (sched_setaffinity(0, sizeof set, &set) == -1)
		warn("sched_setaffinity");
	signal(SIGCHLD, SIG_IGN);

	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == -1)
			warn("fork");
		if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		}
		close(connfd);
	}
}
