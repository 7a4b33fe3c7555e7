/* Correct: a thread takes SIGCHLD by sigtimedwait, a second at a time, and reaps either way. */
#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "server.h"

static void *reaper(void *arg)
{
	const struct timespec second = {.tv_sec = 1};
	sigset_t chld;

	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	for (;;) {
		sigtimedwait(&chld, NULL, &second);
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
	}
	return arg;
}

void run_server(int listenfd)
{
	pthread_t thread;
	sigset_t chld;

	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	sigprocmask(SIG_BLOCK, &chld, NULL);
	errno = pthread_create(&thread, NULL, reaper, NULL);
	if (errno != 0)
		err(1, "pthread_create");
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == -1)
			warn("fork");
		if (pid == 0) {
			sigprocmask(SIG_UNBLOCK, &chld, NULL);
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		}
		close(connfd);
	}
}
