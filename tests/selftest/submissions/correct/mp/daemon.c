/* Correct: the server becomes a daemon; the process that was started exits, a descendant serves. */
#include <err.h>
#include <signal.h>
#include <unistd.h>

#include "server.h"

void run_server(int listenfd)
{
	/* keep the directory and the standard streams: somebody may read our messages */
	if (daemon(1, 1) == -1)
		err(1, "daemon");
	signal(SIGCHLD, SIG_IGN);

	for (;;) {
		int connfd = tcp_accept(listenfd);

		switch (fork()) {
		case 0:
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		case -1:
			warn("fork");
			break;
		}
		close(connfd);
	}
}
