/* Correct: fork is tried up to five times on EAGAIN, a millisecond apart. */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
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

static pid_t patient_fork(void)
{
	const struct timespec millisecond = {.tv_nsec = 1000 * 1000};
	pid_t pid;

	for (int tries = 1; (pid = fork()) == -1 && errno == EAGAIN && tries < 5; tries++)
		nanosleep(&millisecond, NULL);
	return pid;
}

void run_server(int listenfd)
{
	struct sigaction sa = {.sa_handler = reap, .sa_flags = SA_RESTART};

	if (sigaction(SIGCHLD, &sa, NULL) == -1)
		err(1, "sigaction");
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = patient_fork();

		if (pid == -1)
			warn("fork");
		if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		}
		close(connfd);
	}
}
