/* Buggy: the child shuts the connection down, so its client sees the end, but the parent never closes its copy.
 * Loses: mp-descriptors
 * Why: a descriptor is lost for each client; those for whom fork fails are closed.
 * Either: mp-robustness - the flood leaves descriptors behind, which is mp-descriptors' business unless they run out.
 */
#include <err.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>
#include "server.h"

void run_server(int listenfd)
{
	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		int connfd = tcp_accept(listenfd);

		switch (fork()) {
		case -1:
			warn("fork");
			close(connfd);
			break;
		case 0:
			close(listenfd);
			serve_client(connfd);
			shutdown(connfd, SHUT_RDWR);
			_exit(0);
		}
	}
}
