/* Correct: SIGCHLD is blocked everywhere; a thread of the parent takes it by sigwait and reaps. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

static sigset_t set;

static void *
signal_thread(void *arg)
{
	int sig;

	for (;;) {
		if (sigwait(&set, &sig) != 0)
			continue;
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
	}
	return arg;
}

void
run_server(int listenfd)
{
	pthread_t t;
	int error;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	if ((error = pthread_create(&t, NULL, signal_thread, NULL)) != 0) {
		fprintf(stderr, "pthread_create: %s\n", strerror(error));
		exit(1);
	}

	for (;;) {
		int fd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == 0) {
			pthread_sigmask(SIG_UNBLOCK, &set, NULL);
			close(listenfd);
			serve_client(fd);
			_exit(0);
		}
		close(fd);
		if (pid < 0)
			fprintf(stderr, "fork: %s\n", strerror(errno));
	}
}
