/* Buggy: handler and loop both tell the time of day, by localtime() and printf().
 * Loses: mp-zombies
 * Why: both functions take locks: a handler that interrupts them in the loop waits for itself
 *      (signal-safety(7)).
 * Either: mp-robustness - where many clients come and go it happens by chance
 * Either: mp-descriptors - likewise
 */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "server.h"

static void tell(const char *what, int pid)
{
	time_t now = time(NULL);
	char text[32];

	strftime(text, sizeof(text), "%H:%M:%S", localtime(&now));
	fprintf(stderr, "%s %s %d\n", text, what, pid);
}

static void on_sigchld(int signo)
{
	int saved = errno;
	pid_t pid;

	(void)signo;
	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
		tell("ended:", pid);
	errno = saved;
}

void run_server(int listenfd)
{
	struct sigaction sa = {.sa_handler = on_sigchld, .sa_flags = SA_RESTART};

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
		tell("begun:", pid);
		close(connfd);
	}
}
