/* Buggy: clone with CLONE_FILES: parent and child share one table of descriptors.
 * Loses: everything
 * Why: each close is a close for both: the child's ends the listening, the parent's the connection.
 */
#define _GNU_SOURCE
#include <err.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "server.h"

#define STACK_SIZE (1024 * 1024)

struct args { int listenfd, connfd; };

static int child_fn(void *p)
{
	struct args *a = p;

	close(a->listenfd);
	serve_client(a->connfd);
	close(a->connfd);
	return 0;
}

void run_server(int listenfd)
{
	struct args a = { .listenfd = listenfd };
	char *stack = malloc(STACK_SIZE);

	if (!stack)
		err(1, "malloc");
	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		a.connfd = tcp_accept(listenfd);
		if (clone(child_fn, stack + STACK_SIZE, CLONE_FS | CLONE_FILES | SIGCHLD, &a) == -1)
			warn("clone");
		close(a.connfd);
	}
}
