/* Buggy: the living children are counted in shared memory, and reaped when none is left.
 * Loses: mp-zombies
 * Why: one silent client is enough, and nobody is reaped while it is there.
 */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

static atomic_int *serving;

static void on_sigchld(int signo)
{
	int saved = errno;

	(void)signo;
	if (atomic_load(serving) == 0)
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
	errno = saved;
}

void run_server(int listenfd)
{
	struct sigaction sa = {.sa_handler = on_sigchld, .sa_flags = SA_RESTART};

	serving = mmap(NULL, sizeof(*serving), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		-1, 0);
	if (serving == MAP_FAILED)
		err(1, "mmap");
	if (sigaction(SIGCHLD, &sa, NULL) == -1)
		err(1, "sigaction");
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid;

		atomic_fetch_add(serving, 1);
		pid = fork();
		if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			atomic_fetch_sub(serving, 1);
			_exit(0);
		}
		if (pid == -1) {
			warn("fork");
			atomic_fetch_sub(serving, 1);
		}
		close(connfd);
	}
}
