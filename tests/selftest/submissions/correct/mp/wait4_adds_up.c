/* Correct: wait4() in the handler adds up the CPU time of the children. */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

static volatile sig_atomic_t milliseconds;

static void reap(int signo)
{
	int saved = errno;
	struct rusage usage;

	(void)signo;
	while (wait4(-1, NULL, WNOHANG, &usage) > 0)
		milliseconds += (int)(usage.ru_utime.tv_sec * 1000 + usage.ru_utime.tv_usec / 1000);
	errno = saved;
}

void run_server(int listenfd)
{
	struct sigaction sa = {.sa_handler = reap, .sa_flags = SA_RESTART};
	unsigned int clients = 0;

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
		if (++clients % 100 == 0)
			fprintf(stderr, "%u clients, %d ms\n", clients, (int)milliseconds);
		close(connfd);
	}
}
