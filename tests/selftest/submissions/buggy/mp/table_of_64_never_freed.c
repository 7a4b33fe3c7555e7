/* Buggy: a table of 64 children whose entries are never freed.
 * Loses: mp-robustness
 * Why: the server ends at the 65th client. Others do not serve more on one server, once that is known.
 */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include "server.h"

#define MAX_CHILDREN 64

static pid_t children[MAX_CHILDREN];
static int nchildren;

static void reap(int signo)
{
	int saved_errno = errno;

	(void)signo;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;	/* TODO: take it out of children[] */
	errno = saved_errno;
}

void run_server(int listenfd)
{
	struct sigaction action = {.sa_handler = reap, .sa_flags = SA_RESTART};

	sigaction(SIGCHLD, &action, NULL);
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid;

		if (nchildren == MAX_CHILDREN)
			errx(1, "too many children");
		pid = fork();
		if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		}
		if (pid > 0)
			children[nchildren++] = pid;
		else
			warn("fork");
		close(connfd);
	}
}
