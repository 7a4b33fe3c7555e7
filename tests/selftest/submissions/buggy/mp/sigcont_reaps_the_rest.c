/* Buggy: reaps one child a signal; whoever has been stopped and continued reaps all.
 * Loses: mp-zombies
 * Why: SIGCONT comes when a grader forces signals to merge. They merge as well while the server is
 *      busy, or waits for a processor.
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
	struct sigaction one = {.sa_handler = reap_one, .sa_flags = SA_RESTART};
	struct sigaction all = {.sa_handler = reap_all, .sa_flags = SA_RESTART};

	if (sigaction(SIGCHLD, &one, NULL) == -1 || sigaction(SIGCONT, &all, NULL) == -1)
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
