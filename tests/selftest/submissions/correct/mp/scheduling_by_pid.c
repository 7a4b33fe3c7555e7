/* Correct: sets the ordinary scheduling class and a priority for itself, by its own number. */
#include <err.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
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

void run_server(int listenfd)
{
	struct sigaction sa = {.sa_handler = reap, .sa_flags = SA_RESTART};
	struct sched_param ordinary = {.sched_priority = 0};

	if (sched_setscheduler(getpid(), SCHED_OTHER, &ordinary) == -1)
		err(1, "sched_setscheduler");
	if (setpriority(PRIO_PROCESS, (id_t)getpid(), 1) == -1)
		err(1, "setpriority");
	if (sigaction(SIGCHLD, &sa, NULL) == -1)
		err(1, "sigaction");
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == -1)
			warn("fork");
		if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		}
		close(connfd);
	}
}
