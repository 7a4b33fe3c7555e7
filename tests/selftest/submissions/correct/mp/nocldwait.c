/* Correct: SA_NOCLDWAIT with the default action: the kernel reaps. */
#include <err.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>
#include "server.h"

static void dont_keep_zombies(void)
{
	struct sigaction sa = { .sa_flags = SA_NOCLDWAIT };

	sa.sa_handler = SIG_DFL;
	sigemptyset(&sa.sa_mask);
	if (sigaction(SIGCHLD, &sa, NULL))
		err(EXIT_FAILURE, "sigaction(SIGCHLD)");
}

_Noreturn static void child(int listenfd, int connfd)
{
	if (close(listenfd))
		warn("close");
	serve_client(connfd);
	if (close(connfd))
		warn("close");
	_exit(EXIT_SUCCESS);
}

void run_server(int listenfd)
{
	dont_keep_zombies();
	for (;;) {
		const int connfd = tcp_accept(listenfd);
		const pid_t pid = fork();

		if (!pid)
			child(listenfd, connfd);
		if (pid < 0)
			warn("cannot fork, dropping a client");
		close(connfd);
	}
}
