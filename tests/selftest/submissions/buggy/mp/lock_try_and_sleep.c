/* Buggy: a file lock around the service, tried again every millisecond.
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
#include <sys/file.h>
#include <sys/socket.h>
#include <unistd.h>
#include "server.h"

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
	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == -1)
			warn("fork");
		if (pid == 0) {
			close(listenfd);
			await_request(connfd);
			int lock = open("/proc/self/exe", O_RDONLY);	/* an open file of its own, so a lock of its own */

			if (lock == -1)
				err(1, "/proc/self/exe");
			while (flock(lock, LOCK_EX | LOCK_NB) == -1 && errno == EWOULDBLOCK)
				usleep(1000);
			serve_client(connfd);
			_exit(0);
		}
		close(connfd);
	}
}
