/* Correct: double fork; when the second one fails, the process in the middle drops the client. */
#include <err.h>
#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

static void in_the_middle(int listenfd, int connfd)
{
	pid_t pid;

	close(listenfd);
	pid = fork();
	if (pid == -1)
		warn("second fork: a client is dropped");
	if (pid == 0)
		serve_client(connfd);
	_exit(pid == -1);
}

void run_server(int listenfd)
{
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		switch (pid) {
		case -1:
			warn("first fork: a client is dropped");
			break;
		case 0:
			in_the_middle(listenfd, connfd);
			break;
		default:
			while (waitpid(pid, NULL, 0) == -1 && errno == EINTR)
				;
		}
		close(connfd);
	}
}
