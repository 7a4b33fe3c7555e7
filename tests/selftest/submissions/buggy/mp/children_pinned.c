/* Buggy: every child binds itself to the last processor, to leave the first to the parent.
 * Loses: mp-speedup
 * Why: all children share one processor.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

static int last_cpu(void)
{
	cpu_set_t mine;
	int cpu, last = 0;

	if (sched_getaffinity(0, sizeof(mine), &mine) == 0)
		for (cpu = 0; cpu < CPU_SETSIZE; cpu++)
			if (CPU_ISSET(cpu, &mine))
				last = cpu;
	return last;
}

static void reap(int signo)
{
	int e = errno;

	(void)signo;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	errno = e;
}

void run_server(int listenfd)
{
	struct sigaction sa = { .sa_handler = reap, .sa_flags = SA_RESTART };
	const int cpu = last_cpu();

	sigaction(SIGCHLD, &sa, NULL);
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid < 0)
			perror("fork");
		if (pid == 0) {
			cpu_set_t one;

			CPU_ZERO(&one);
			CPU_SET(cpu, &one);
			sched_setaffinity(0, sizeof(one), &one);
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		}
		close(connfd);
	}
}
