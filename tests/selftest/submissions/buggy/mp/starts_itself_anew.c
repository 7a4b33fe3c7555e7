/* Buggy: when fork() fails, the server starts itself anew, to be rid of whatever is in its way.
 * Loses: mp-robustness
 * Why: main() listens again, on another port; who comes to the old one stays in its listen queue.
 */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

static void reap(int signo)
{
	int saved_errno = errno;

	(void)signo;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	errno = saved_errno;
}

void run_server(int listenfd)
{
	struct sigaction action = {.sa_handler = reap, .sa_flags = SA_RESTART};

	if (sigaction(SIGCHLD, &action, NULL) == -1)
		err(1, "sigaction");
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		}
		close(connfd);
		if (pid == -1) {
			execl("/proc/self/exe", "mp_server", "0", (char *)NULL);
			err(1, "exec");
		}
	}
}
