/* Buggy: accepts up to four clients, or as many as come within a second, then forks.
 * Loses: everything
 * Why: a client alone waits for the second to pass, in a poll() of the parent.
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

enum { BATCH = 4 };

static int gather(int listenfd, int batch[])
{
	struct pollfd incoming = {.fd = listenfd, .events = POLLIN};
	int count = 0;

	do
		batch[count++] = tcp_accept(listenfd);
	while (count < BATCH && poll(&incoming, 1, 1000) == 1);
	return count;
}

void run_server(int listenfd)
{
	struct sigaction sa = {.sa_handler = reap, .sa_flags = SA_RESTART};
	int batch[BATCH];

	if (sigaction(SIGCHLD, &sa, NULL) == -1)
		err(1, "sigaction");
	for (;;) {
		int count = gather(listenfd, batch);

		for (int i = 0; i < count; i++) {
			pid_t pid = fork();

			if (pid == -1)
				warn("fork");
			if (pid == 0) {
				close(listenfd);
				for (int k = i + 1; k < count; k++)
					close(batch[k]);
				serve_client(batch[i]);
				_exit(0);
			}
			close(batch[i]);
		}
	}
}
