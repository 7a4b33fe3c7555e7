/* Buggy: the child reads a timer of 300 ms before it serves.
 * Loses: everything
 * Why: the client gets its reply late by the clock, on however fast a machine.
 */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
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
	struct itimerspec pace = {.it_value.tv_nsec = 300 * 1000 * 1000};
	int timer = timerfd_create(CLOCK_MONOTONIC, 0);
	uint64_t times;

	if (timer != -1 && timerfd_settime(timer, 0, &pace, NULL) == 0)
		(void)!read(timer, &times, sizeof(times));
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
