/* Buggy: more than 4 clients at a time are told "error: busy".
 * Loses: mp-concurrency
 * Why: the line is an error to a legal request: a client that comes while others are silent is
 *      turned away.
 */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

static volatile sig_atomic_t children;

static void reap(int signo)
{
	int saved = errno;

	(void)signo;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		children--;
	errno = saved;
}

void run_server(int listenfd)
{
	struct sigaction sa = {.sa_handler = reap, .sa_flags = SA_RESTART};
	sigset_t chld;

	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	if (sigaction(SIGCHLD, &sa, NULL) == -1)
		err(1, "sigaction");
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid;

		if (children >= 4) {
			send(connfd, "error: busy\n", 12, MSG_NOSIGNAL);
			shutdown(connfd, SHUT_WR);
			close(connfd);
			continue;
		}
		sigprocmask(SIG_BLOCK, &chld, NULL);
		pid = fork();
		if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		}
		if (pid == -1)
			warn("fork");
		else
			children++;
		sigprocmask(SIG_UNBLOCK, &chld, NULL);
		close(connfd);
	}
}
