/* Correct: SIGALRM once a second, and its handler reaps; SIGCHLD is left alone. */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <sys/time.h>
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
	const struct itimerval second = {.it_interval.tv_sec = 1, .it_value.tv_sec = 1};
	struct sigaction sa = {.sa_handler = reap, .sa_flags = SA_RESTART};

	if (sigaction(SIGALRM, &sa, NULL) == -1 || setitimer(ITIMER_REAL, &second, NULL) == -1)
		err(1, "timer");
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork(); /* timers are not inherited */

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
