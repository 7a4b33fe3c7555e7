/* Correct: a supervisor forks the process that accepts, and ends when that one ends. */
#include <err.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include "server.h"

static void acceptor(int listenfd)
{
	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		}
		if (pid == -1)
			warn("fork");
		close(connfd);
	}
}

void run_server(int listenfd)
{
	pid_t supervisor = getpid();
	int status;

	switch (fork()) {
	case -1:
		err(1, "fork");
	case 0:
		/* do not outlive the supervisor, which may be gone already */
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		if (getppid() != supervisor)
			_exit(1);
		acceptor(listenfd);
	}
	close(listenfd);
	while (wait(&status) == -1)
		;
	warnx("the acceptor ended");
	exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
}
