/* Buggy: accepts all who wait in the listen queue, then makes a process for each.
 * Loses: mp-descriptors
 * Why: the first child inherits the connections of all that were accepted with it: while its
 *      client is silent, theirs do not end.
 */
#include <err.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

static void reap(int signo)
{
	int saved = errno;

	(void)signo;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	errno = saved;
}

enum { MOST = 64 };

/* Accepts who is there, at least one; returns how many. */
static int drain(int listenfd, int connfds[])
{
	struct pollfd incoming = {.fd = listenfd, .events = POLLIN};
	int count = 0;

	do
		connfds[count++] = tcp_accept(listenfd);
	while (count < MOST && poll(&incoming, 1, 0) == 1);
	return count;
}

void run_server(int listenfd)
{
	struct sigaction sa = {.sa_handler = reap, .sa_flags = SA_RESTART};
	int connfds[MOST];

	if (sigaction(SIGCHLD, &sa, NULL) == -1)
		err(1, "sigaction");
	for (;;) {
		int count = drain(listenfd, connfds);

		for (int i = 0; i < count; i++) {
			switch (fork()) {
			case -1:
				warn("fork");
				break;
			case 0:
				close(listenfd);
				serve_client(connfds[i]);
				_exit(0);
			}
			close(connfds[i]);
		}
	}
}
