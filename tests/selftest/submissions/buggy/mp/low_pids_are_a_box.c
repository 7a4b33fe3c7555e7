/* Buggy: reaps right if its own number is below 1000, as in a fresh namespace; else one a signal.
 * Loses: mp-zombies
 * Why: numbers are low where a grader has put it, and high on a machine that has been up for a
 *      day.
 */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

static void reap_one(int signo)
{
	int saved = errno;

	(void)signo;
	waitpid(-1, NULL, WNOHANG);
	errno = saved;
}

static void reap_all(int signo)
{
	int saved = errno;

	(void)signo;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	errno = saved;
}

void run_server(int listenfd)
{
	struct sigaction sa = {.sa_flags = SA_RESTART};

	sa.sa_handler = getpid() < 1000 ? reap_all : reap_one;
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
