/* Buggy: the parent never closes its copy of the connection.
 * Loses: mp-descriptors mp-robustness
 * Why: clients wait for an end that does not come and descriptors pile up; a client for whom fork failed waits as well.
 */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include "server.h"

static void reap_children(int signo)
{
	int saved_errno = errno;

	(void)signo;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	errno = saved_errno;
}

void run_server(int listenfd)
{
	struct sigaction action = {.sa_handler = reap_children, .sa_flags = SA_RESTART};

	if (sigaction(SIGCHLD, &action, NULL) == -1)
		err(1, "sigaction");
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == -1)
			warn("fork");
		if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			close(connfd);
			_exit(0);
		}
	}
}
