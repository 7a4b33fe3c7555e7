/* Correct: double fork; the intermediate child is waited for at once, init reaps the one that serves. */
#include <err.h>
#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

/* Runs in the intermediate child, whose only purpose is to end. */
static void intermediate(int listenfd, int connfd)
{
	close(listenfd);
	switch (fork()) {
	case 0:
		serve_client(connfd);
		_exit(0);
	case -1:
		warn("second fork");
		_exit(1);
	default:
		_exit(0);
	}
}

void run_server(int listenfd)
{
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == 0)
			intermediate(listenfd, connfd);
		close(connfd);
		if (pid == -1) {
			warn("first fork");
			continue;
		}
		while (waitpid(pid, NULL, 0) == -1 && errno == EINTR)
			;
	}
}
