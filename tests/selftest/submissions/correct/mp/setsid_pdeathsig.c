/* Correct: each child is a session of its own, and ends with its parent (PR_SET_PDEATHSIG). */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include "server.h"

static void on_sigchld(int signo)
{
	int saved = errno;

	while (signo == SIGCHLD && waitpid(-1, NULL, WNOHANG) > 0)
		;
	errno = saved;
}

static int serve_in_child(int listenfd, int connfd, pid_t parent)
{
	if (setsid() == -1)
		warn("setsid");
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) == -1)
		warn("prctl");
	if (getppid() != parent)
		return 1;	/* it ended before we could ask */
	close(listenfd);
	serve_client(connfd);
	return 0;
}

void run_server(int listenfd)
{
	const pid_t me = getpid();
	struct sigaction sa = { .sa_handler = on_sigchld, .sa_flags = SA_RESTART | SA_NOCLDSTOP };

	if (sigaction(SIGCHLD, &sa, NULL) == -1)
		err(1, "sigaction");
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == 0)
			_exit(serve_in_child(listenfd, connfd, me));
		if (pid == -1)
			warn("fork");
		close(connfd);
	}
}
