/* Buggy: the child waits half a second for a semaphore that nobody posts.
 * Loses: everything
 * Why: the client gets its reply late by the clock, on however fast a machine.
 */
#include <err.h>
#include <errno.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "server.h"

static void reap(int signo)
{
	int saved = errno;

	(void)signo;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	errno = saved;
}

static void serve(int connfd)
{
	struct timespec until;
	sem_t go;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += (until.tv_nsec + 500 * 1000 * 1000) / (1000 * 1000 * 1000);
	until.tv_nsec = (until.tv_nsec + 500 * 1000 * 1000) % (1000 * 1000 * 1000);
	sem_init(&go, 0, 0);
	sem_timedwait(&go, &until);
	serve_client(connfd);
}

void run_server(int listenfd)
{
	struct sigaction sa = {.sa_handler = reap, .sa_flags = SA_RESTART};

	if (sigaction(SIGCHLD, &sa, NULL) == -1)
		err(1, "sigaction");
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == -1)
			warn("fork");
		if (pid == 0) {
			close(listenfd);
			serve(connfd);
			_exit(0);
		}
		close(connfd);
	}
}
