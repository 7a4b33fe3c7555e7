/* Buggy: setitimer() ends a child after five seconds, with a message to its client.
 * Loses: mp-robustness
 * Why: a client may take its time between connecting and asking; this one is cut off.
 * Either: mp-speedup - on a slow machine eight large requests at once take longer
 */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/time.h>
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

static int client;

static void too_slow(int signo)
{
	static const char line[] = "error: too slow\n";

	(void)signo;
	send(client, line, sizeof(line) - 1, MSG_NOSIGNAL);
	_exit(1);
}

static void serve(int connfd)
{
	struct itimerval five = {.it_value.tv_sec = 5};

	client = connfd;
	signal(SIGALRM, too_slow);
	setitimer(ITIMER_REAL, &five, NULL);
	serve_client(connfd);
}

void run_server(int listenfd)
{
	struct sigaction sa = {.sa_handler = reap, .sa_flags = SA_RESTART};

	if (sigaction(SIGCHLD, &sa, NULL) == -1)
		err(1, "sigaction");
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == -1)
			warn("fork");
		if (pid == 0) {
			close(listenfd);
			serve(connfd);
			_exit(0);
		}
		close(connfd);
	}
}
