/* Buggy: opens a listening socket of its own and serves that one.
 * Loses: everything
 * Why: nobody ever accepts from the socket that was given and announced.
 */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>
#include "server.h"

void run_server(int listenfd)
{
	int server_socket = tcp_listen(0);

	(void)listenfd;
	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		int client = tcp_accept(server_socket);
		pid_t pid = fork();

		if (pid == 0) {
			close(server_socket);
			serve_client(client);
			_exit(0);
		}
		if (pid < 0)
			perror("fork");
		close(client);
	}
}
