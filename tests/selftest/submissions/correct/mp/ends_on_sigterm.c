/* Correct: SIGTERM and SIGINT end the server in order: its children are told to end, too. */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

static volatile sig_atomic_t is_child;

static void on_sigchld(int signo)
{
	int saved = errno;

	(void)signo;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	errno = saved;
}

static void on_end(int signo)
{
	static const char note[] = "mp_server: ends\n";

	if (!is_child && write(STDERR_FILENO, note, sizeof(note) - 1) == -1)
		_exit(1);
	_exit(128 + signo);
}

void run_server(int listenfd)
{
	struct sigaction chld = {.sa_handler = on_sigchld, .sa_flags = SA_RESTART};
	struct sigaction end = {.sa_handler = on_end};

	sigfillset(&end.sa_mask);
	if (sigaction(SIGCHLD, &chld, NULL) == -1 || sigaction(SIGTERM, &end, NULL) == -1 ||
	    sigaction(SIGINT, &end, NULL) == -1)
		err(1, "sigaction");
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == -1)
			warn("fork");
		if (pid == 0) {
			is_child = 1;
			prctl(PR_SET_PDEATHSIG, SIGTERM);
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		}
		close(connfd);
	}
}
