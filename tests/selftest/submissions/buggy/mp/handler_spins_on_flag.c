/* Buggy: a flag that is set and tested atomically guards the number of children; the handler spins until it is free.
 * Loses: mp-zombies
 * Either: mp-robustness - among many clients the signal also comes at that moment by chance
 * Either: mp-descriptors - the same
 * Either: mp-speedup - the same
 * Why: what it waits for is held by the code that it has interrupted. */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include "server.h"

static atomic_flag busy = ATOMIC_FLAG_INIT;
static unsigned long children;

static void enter(void)
{
	while (atomic_flag_test_and_set(&busy))
		;
}

static void leave(void)
{
	atomic_flag_clear(&busy);
}

static void reap(int signo)
{
	int saved_errno = errno;

	(void)signo;
	enter();
	while (waitpid(-1, NULL, WNOHANG) > 0)
		children--;
	leave();
	errno = saved_errno;
}

void run_server(int listenfd)
{
	struct sigaction act = {.sa_handler = reap, .sa_flags = SA_RESTART};

	if (sigaction(SIGCHLD, &act, NULL) == -1)
		err(EXIT_FAILURE, "sigaction");
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid;

		enter();
		pid = fork();
		if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			_exit(EXIT_SUCCESS);
		}
		if (pid == -1)
			warn("fork");
		else
			children++;
		leave();
		close(connfd);
	}
}
