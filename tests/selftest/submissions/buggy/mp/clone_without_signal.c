/* Buggy: clone() without SIGCHLD in its flags.
 * Loses: mp-zombies
 * Why: such a child ends without a signal and only waits with __WALL see it; SIG_IGN does not apply to it either.
 */
#define _GNU_SOURCE
#include <err.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>
#include "server.h"

#define STACK (1 << 18)

static int fds[2];

static int child(void *unused)
{
	(void)unused;
	close(fds[0]);
	serve_client(fds[1]);
	_exit(0);
}

void run_server(int listenfd)
{
	char *stack = malloc(STACK);

	if (stack == NULL)
		err(1, NULL);
	signal(SIGCHLD, SIG_IGN);
	fds[0] = listenfd;
	for (;;) {
		fds[1] = tcp_accept(listenfd);
		if (clone(child, stack + STACK, 0, NULL) == -1)
			warn("clone");
		close(fds[1]);
	}
}
