/* Correct: the initial thread takes SIGCHLD by sigwait and reaps; another accepts and forks. */
#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

static void *accept_clients(void *arg)
{
	int listenfd = *(int *)arg;

	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == -1)
			warn("fork");
		if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		}
		close(connfd);
	}
	return NULL;
}

void run_server(int listenfd)
{
	pthread_t acceptor;
	sigset_t chld;
	int signo;

	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	pthread_sigmask(SIG_BLOCK, &chld, NULL);
	errno = pthread_create(&acceptor, NULL, accept_clients, &listenfd);
	if (errno != 0)
		err(1, "pthread_create");
	for (;;) {
		sigwait(&chld, &signo);
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
	}
}
