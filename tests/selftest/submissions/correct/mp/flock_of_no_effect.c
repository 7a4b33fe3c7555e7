/* Correct: flock() around the service, on a descriptor that was opened before fork.
 * All children share one open file, and with it the lock: it excludes nobody. Useless, but not wrong.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>
#include "server.h"

void run_server(int listenfd)
{
	FILE *f = tmpfile();

	if (f == NULL) {
		perror("tmpfile");
		exit(1);
	}
	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == -1)
			perror("fork");
		if (pid == 0) {
			close(listenfd);
			flock(fileno(f), LOCK_EX);
			serve_client(connfd);
			_exit(0);
		}
		close(connfd);
	}
}
