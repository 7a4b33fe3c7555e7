/* Buggy: a lock file with O_EXCL around the service, tried again every millisecond.
 * Loses: mp-speedup
 * Why: one child computes at a time.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "server.h"

static char lockfile[] = "/tmp/mp_server.XXXXXX";

/* Returns when a whole request waits in the socket, or none will come any more. */
static void await_request(int connfd)
{
	char peeked[32];
	ssize_t n;

	for (;;) {
		n = recv(connfd, peeked, sizeof(peeked), MSG_PEEK);
		if (n <= 0 || n == (ssize_t)sizeof(peeked) || memchr(peeked, '\n', (size_t)n) != NULL)
			return;
		usleep(2000);
	}
}

void run_server(int listenfd)
{
	int fd = mkstemp(lockfile);

	if (fd == -1)
		err(1, "%s", lockfile);
	close(fd);
	unlink(lockfile);	/* the name is ours now */
	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == -1)
			warn("fork");
		if (pid == 0) {
			close(listenfd);
			await_request(connfd);
			int lock;

			while ((lock = open(lockfile, O_CREAT | O_EXCL | O_WRONLY, 0600)) == -1 && errno == EEXIST)
				usleep(1000);
			serve_client(connfd);
			close(lock);
			unlink(lockfile);
			_exit(0);
		}
		close(connfd);
	}
}
