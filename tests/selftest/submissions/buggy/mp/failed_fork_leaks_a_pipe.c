/* Buggy: a pipe tells the parent that its child has begun; when fork fails, it stays open.
 * Loses: mp-robustness
 * Why: two descriptors are lost for each failed fork, and after some hundred of them no client is
 *      accepted.
 */
#include <err.h>
#include <errno.h>
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

void run_server(int listenfd)
{
	struct sigaction sa = {.sa_handler = reap, .sa_flags = SA_RESTART};
	int begun[2];
	char byte;

	if (sigaction(SIGCHLD, &sa, NULL) == -1)
		err(1, "sigaction");
	for (;;) {
		int connfd = tcp_accept(listenfd);

		if (pipe(begun) == -1) {
			warn("pipe");
			close(connfd);
			continue;
		}
		switch (fork()) {
		case -1:
			warn("fork");
			close(connfd);
			continue;
		case 0:
			close(listenfd);
			close(begun[0]);
			close(begun[1]);
			serve_client(connfd);
			_exit(0);
		}
		close(begun[1]);
		while (read(begun[0], &byte, 1) == -1 && errno == EINTR)
			;
		close(begun[0]);
		close(connfd);
	}
}
