/* Buggy: reaps only when more than twenty children are on the books.
 * Loses: mp-zombies
 * Why: up to twenty zombies stay, the number of clients does not matter.
 */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
#include "server.h"

#define ENOUGH 20

void run_server(int listenfd)
{
	int on_the_books = 0;

	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		}
		close(connfd);
		if (pid > 0)
			on_the_books++;
		else
			perror("fork");
		/* a system call for every client would be too slow */
		while (on_the_books > ENOUGH && waitpid(-1, NULL, WNOHANG) > 0)
			on_the_books--;
	}
}
