/* Buggy: when fork fails, all children are told to end.
 * Loses: mp-robustness
 * Why: a shortage of processes costs those who are being served their replies.
 */
#include <err.h>
#include <errno.h>
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

void run_server(int listenfd)
{
	struct sigaction sa = {.sa_handler = reap, .sa_flags = SA_RESTART};

	setpgid(0, 0); /* the group is to be the server's own */
	if (sigaction(SIGCHLD, &sa, NULL) == -1)
		err(1, "sigaction");
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == -1) {
			warn("fork: starting afresh");
			signal(SIGTERM, SIG_IGN);
			kill(0, SIGTERM);
			signal(SIGTERM, SIG_DFL);
		}
		if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		}
		close(connfd);
	}
}
