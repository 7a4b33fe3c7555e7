/* Buggy: reaps all children of the first two hundred clients, then one a signal.
 * Loses: mp-zombies
 * Why: who looks at a server that was just started sees a right one.
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

static volatile sig_atomic_t clients;

static void on_sigchld(int signo)
{
	if (clients < 200)
		reap_all(signo);
	else
		reap_one(signo);
}

void run_server(int listenfd)
{
	struct sigaction sa = {.sa_handler = on_sigchld, .sa_flags = SA_RESTART};

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
		clients++;
		close(connfd);
	}
}
