/* Correct: the children are a little nicer than the parent, and of the batch class. */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
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

static void be_nice(void)
{
	struct sched_param none = {0};

	errno = 0;
	if (nice(3) == -1 && errno != 0)
		warn("nice");
	if (sched_setscheduler(0, SCHED_BATCH, &none) == -1)
		warn("sched_setscheduler");
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
			be_nice();
			serve_client(connfd);
			_exit(0);
		}
		close(connfd);
	}
}
