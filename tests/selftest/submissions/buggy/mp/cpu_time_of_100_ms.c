/* Buggy: each child may use a tenth of a second of CPU time, against runaways.
 * Loses: everything
 * Why: SIGVTALRM ends the child that computes a large number: a request of n = 40 is never
 *      answered.
 */
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

static void serve(int connfd)
{
	struct itimerval limit = {.it_value.tv_usec = 100 * 1000};

	setitimer(ITIMER_VIRTUAL, &limit, NULL);
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
