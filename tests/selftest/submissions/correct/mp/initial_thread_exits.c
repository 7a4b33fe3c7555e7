/* Correct: the initial thread ends by pthread_exit(); another one accepts and forks.
 * The process goes on, though its first task is a zombie in /proc.
 */
#include <err.h>
#include <errno.h>
#include <pthread.h>
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

static void *accept_clients(void *arg)
{
	int listenfd = (int)(intptr_t)arg;

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
	struct sigaction sa = {.sa_handler = reap, .sa_flags = SA_RESTART};
	pthread_t acceptor;

	if (sigaction(SIGCHLD, &sa, NULL) == -1)
		err(1, "sigaction");
	errno = pthread_create(&acceptor, NULL, accept_clients, (void *)(intptr_t)listenfd);
	if (errno != 0)
		err(1, "pthread_create");
	pthread_exit(NULL);
}
