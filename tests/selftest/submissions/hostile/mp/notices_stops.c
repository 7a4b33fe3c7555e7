/* Hostile: reaps one child a signal, but all of them when it notices that it had been stopped.
 * Loses: mp-zombies
 * Why: a handler for SIGCONT is never called. */
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include "server.h"

static void reap_one(int signo)
{
	int error = errno;

	(void)signo;
	waitpid(-1, NULL, WNOHANG);
	errno = error;
}

static void reap_all(int signo)
{
	int error = errno;

	(void)signo;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	errno = error;
}

void run_server(int listenfd)
{
	struct sigaction on_end = {.sa_handler = reap_one, .sa_flags = SA_RESTART};
	struct sigaction on_cont = {.sa_handler = reap_all, .sa_flags = SA_RESTART};

	sigaction(SIGCHLD, &on_end, NULL);
	sigaction(SIGCONT, &on_cont, NULL);
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		}
		close(connfd);
	}
}
