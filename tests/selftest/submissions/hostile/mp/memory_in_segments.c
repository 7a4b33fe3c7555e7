/* Hostile: holds memory in System V segments that nobody has attached, and ends without them.
 * Loses: everything
 * Why: where there are segments, they are counted whoever has them attached. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/shm.h>
#include <unistd.h>
#include "server.h"

void run_server(int listenfd)
{
	signal(SIGCHLD, SIG_IGN);
	for (int i = 0; i < 384; i++) {
		int segment = shmget(IPC_PRIVATE, 1 << 23, 0600);
		char *piece = segment == -1 ? (char *)-1 : shmat(segment, NULL, 0);

		if (piece == (char *)-1)
			exit(1);
		memset(piece, 1, 1 << 23);
		shmdt(piece);
	}
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		}
		close(connfd);
	}
}
