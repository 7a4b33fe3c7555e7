/* Correct: a bound against bombs: beyond ten thousand children at a time clients are dropped. */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

enum { MOST = 10000 };

static volatile sig_atomic_t living;

static void reap(int signo)
{
	int saved = errno;

	(void)signo;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		living--;
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
		pid_t pid = -1;

		sigprocmask(SIG_BLOCK, &chld, NULL);
		if (living >= MOST)
			warnx("too many clients");
		else if ((pid = fork()) == -1)
			warn("fork");
		else
			living++;
		if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		}
		sigprocmask(SIG_UNBLOCK, &chld, NULL);
		close(connfd);
	}
}
