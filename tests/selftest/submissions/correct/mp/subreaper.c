/* Correct: double fork; the server is a subreaper, and its handler reaps the grandchildren. */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
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

static void middle(int listenfd, int connfd)
{
	switch (fork()) {
	case -1:
		warn("second fork");
		_exit(1);
	case 0:
		close(listenfd);
		serve_client(connfd);
	}
	_exit(0);
}

void run_server(int listenfd)
{
	struct sigaction sa = {.sa_handler = reap, .sa_flags = SA_RESTART};

	if (prctl(PR_SET_CHILD_SUBREAPER, 1) == -1)
		err(1, "prctl");
	if (sigaction(SIGCHLD, &sa, NULL) == -1)
		err(1, "sigaction");
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == -1)
			warn("fork");
		if (pid == 0)
			middle(listenfd, connfd);
		close(connfd);
	}
}
