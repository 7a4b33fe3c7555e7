/* Correct: clone with SIGUSR1 as the signal of a child's end.
 * Such children are waited for with __WALL only, and that is what the handler does.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>
#include "server.h"

static _Alignas(16) char stack[128 * 1024];
static int listener;

static int worker(void *arg)
{
	int connfd = (int)(intptr_t)arg;

	signal(SIGUSR1, SIG_DFL);
	close(listener);
	serve_client(connfd);
	_exit(0);
}

static void worker_ended(int sig)
{
	int keep = errno;

	(void)sig;
	while (waitpid(-1, NULL, WNOHANG | __WALL) > 0)
		;
	errno = keep;
}

void run_server(int listenfd)
{
	struct sigaction sa = { .sa_handler = worker_ended, .sa_flags = SA_RESTART };

	listener = listenfd;
	if (sigaction(SIGUSR1, &sa, NULL) < 0)
		err(1, "sigaction");
	while (1) {
		int connfd = tcp_accept(listenfd);

		if (clone(worker, stack + sizeof stack, SIGUSR1, (void *)(intptr_t)connfd) < 0)
			warn("clone");
		close(connfd);
	}
}
