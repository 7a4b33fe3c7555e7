/* Hostile: holds memory in children that do nothing else; it has none itself.
 * Loses: everything
 * Why: the memory of all processes is counted together. */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>
#include "server.h"

static void hold(size_t size)
{
	volatile char *piece = malloc(size);

	for (size_t i = 0; piece != NULL && i < size; i += 4096)
		piece[i] = 1;
	for (;;)
		pause();
}

void run_server(int listenfd)
{
	signal(SIGCHLD, SIG_IGN);
	for (int i = 0; i < 64; i++)
		if (fork() == 0)
			hold(1 << 25);
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
