/* Correct: the handler prints, but it interrupts nothing that is not safe to interrupt: the loop neither prints nor allocates. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include "server.h"

static void reap(int signo)
{
	int saved_errno = errno;
	pid_t pid;

	(void)signo;
	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
		fprintf(stderr, "child %d has ended\n", (int)pid);
	errno = saved_errno;
}

void run_server(int listenfd)
{
	static const char failed[] = "no child: a client is dropped\n";
	struct sigaction act = {.sa_handler = reap, .sa_flags = SA_RESTART};

	sigaction(SIGCHLD, &act, NULL);
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			_exit(EXIT_SUCCESS);
		}
		if (pid == -1 && write(STDERR_FILENO, failed, sizeof(failed) - 1) == -1)
			errno = 0;
		close(connfd);
	}
}
