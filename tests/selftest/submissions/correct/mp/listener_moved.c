/* Correct: moves the listening socket to another descriptor, closes the first one, and asks poll with a timeout,
 * so that children are reaped every second even if nobody comes.
 */
#include <err.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>
#include "server.h"

static void reap(void)
{
	while (waitpid(-1, NULL, WNOHANG) > 0)
		continue;
}

void run_server(int listenfd)
{
	int high = fcntl(listenfd, F_DUPFD, 100);

	if (high == -1)
		warn("F_DUPFD");
	else {
		close(listenfd);
		listenfd = high;
	}
	for (;;) {
		struct pollfd p = { listenfd, POLLIN, 0 };

		if (poll(&p, 1, 1000) == 1 && (p.revents & POLLIN)) {
			int c = tcp_accept(listenfd);

			switch (fork()) {
			case -1:
				warn("fork");
				/* fallthrough */
			default:
				close(c);
				break;
			case 0:
				close(listenfd);
				serve_client(c);
				_exit(0);
			}
		}
		reap();
	}
}
