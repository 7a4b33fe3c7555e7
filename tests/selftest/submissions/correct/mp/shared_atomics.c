/* Correct: statistics in shared anonymous memory, counted by atomic operations. */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

static struct statistics {
	atomic_ulong accepted, refused, done;
} *statistics;

static void reap(int signo)
{
	int saved = errno;

	(void)signo;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	errno = saved;
}

void run_server(int listenfd)
{
	struct sigaction sa = {.sa_handler = reap, .sa_flags = SA_RESTART};

	statistics = mmap(NULL, sizeof(*statistics), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (statistics == MAP_FAILED)
		err(1, "mmap");
	if (sigaction(SIGCHLD, &sa, NULL) == -1)
		err(1, "sigaction");
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == -1)
			atomic_fetch_add(&statistics->refused, 1);
		if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			atomic_fetch_add(&statistics->done, 1);
			_exit(0);
		}
		if (pid > 0)
			atomic_fetch_add(&statistics->accepted, 1);
		close(connfd);
	}
}
