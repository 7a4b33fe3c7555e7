/* Buggy: a table of 512 children, whose entries are never freed.
 * Loses: mp-robustness
 * Why: the server ends at its 513th client, whether they came at once or in turn.
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

enum { MOST = 512 };

static pid_t children[MOST];
static int born;

void run_server(int listenfd)
{
	struct sigaction sa = {.sa_handler = reap, .sa_flags = SA_RESTART};

	if (sigaction(SIGCHLD, &sa, NULL) == -1)
		err(1, "sigaction");
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		}
		if (pid == -1)
			warn("fork");
		else if (born == MOST)
			errx(1, "more than %d children, the first was %d", MOST, children[0]);
		else
			children[born++] = pid;
		close(connfd);
	}
}
