/* Correct: each child is bound to one processor, in turn over all that the server may use.
 * Eight children are spread over every processor there is, so they run as parallel as the machine allows.
 */
#define _GNU_SOURCE
#include <err.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include "server.h"

static cpu_set_t allowed;

static void bind_to(unsigned int turn)
{
	int count = CPU_COUNT(&allowed);
	cpu_set_t one;

	if (count == 0)
		return;
	turn %= (unsigned int)count;
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, &allowed) || turn-- > 0)
			continue;
		CPU_ZERO(&one);
		CPU_SET(cpu, &one);
		if (sched_setaffinity(0, sizeof(one), &one) == -1)
			warn("sched_setaffinity");
		return;
	}
}

void run_server(int listenfd)
{
	signal(SIGCHLD, SIG_IGN);
	if (sched_getaffinity(0, sizeof(allowed), &allowed) == -1)
		CPU_ZERO(&allowed);

	for (unsigned int turn = 0;; turn++) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == -1)
			warn("fork");
		if (pid == 0) {
			bind_to(turn);
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		}
		close(connfd);
	}
}
