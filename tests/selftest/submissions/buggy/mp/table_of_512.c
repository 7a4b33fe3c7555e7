/* Buggy: a table of 512 children, whose entries are freed; who finds it full is dropped.
 * Loses: mp-robustness
 * Why: that many clients at once are no fault of the next one.
 */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

enum { SLOTS = 512 };

static volatile pid_t slots[SLOTS];

static void reap(int signo)
{
	int saved = errno;
	pid_t pid;

	(void)signo;
	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
		for (int i = 0; i < SLOTS; i++)
			if (slots[i] == pid)
				slots[i] = 0;
	errno = saved;
}

static int free_slot(void)
{
	for (int i = 0; i < SLOTS; i++)
		if (slots[i] == 0)
			return i;
	return -1;
}

void run_server(int listenfd)
{
	struct sigaction sa = {.sa_handler = reap, .sa_flags = SA_RESTART};
	sigset_t chld;

	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	if (sigaction(SIGCHLD, &sa, NULL) == -1)
		err(1, "sigaction");
	for (;;) {
		int connfd = tcp_accept(listenfd), slot;
		pid_t pid = -1;

		sigprocmask(SIG_BLOCK, &chld, NULL);
		slot = free_slot();
		if (slot == -1)
			warnx("no slot for a client");
		else if ((pid = fork()) == -1)
			warn("fork");
		if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		}
		if (pid > 0)
			slots[slot] = pid;
		sigprocmask(SIG_UNBLOCK, &chld, NULL);
		close(connfd);
	}
}
