/* Correct: accept4(2) with SOCK_CLOEXEC, which changes nothing where nobody calls exec. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>
#include "server.h"

void run_server(int listenfd)
{
	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		int connfd = accept4(listenfd, NULL, NULL, SOCK_CLOEXEC);
		if (connfd < 0) {
			if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS)
				usleep(5000);
			continue;
		}
		pid_t pid = fork();
		if (pid < 0)
			perror("fork");
		else if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			shutdown(connfd, SHUT_RDWR);
			_exit(0);
		}
		close(connfd);
	}
}
