/* Buggy: accept(2) interrupted by SIGCHLD counts as an error and ends the server; its children go on.
 * Loses: mp-concurrency
 * Why: the first child that ends takes the parent with it: those accepted before are still served, by orphans, the next
 *      client is refused.
 * Either: mp-replies - a next client that is faster than the end of the last child is accepted before SIGCHLD comes.
 */
#include <err.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "server.h"

static void reap(int signo)
{
	(void)signo;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		continue;
}

void run_server(int listenfd)
{
	struct sigaction act;

	act.sa_handler = reap;
	act.sa_flags = 0;
	sigemptyset(&act.sa_mask);
	sigaction(SIGCHLD, &act, NULL);

	for (;;) {
		int connfd;

		if ((connfd = accept(listenfd, NULL, NULL)) < 0)
			err(EXIT_FAILURE, "accept error");
		switch (fork()) {
		case 0:
			close(listenfd);
			serve_client(connfd);
			_exit(EXIT_SUCCESS);
		case -1:
			warn("fork error");
		}
		close(connfd);
	}
}
