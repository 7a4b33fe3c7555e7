/* Buggy: a semaphore of 1 guards the number of children, in the loop as in the handler.
 * Loses: mp-zombies
 * Why: a handler that interrupts the loop between sem_wait and sem_post waits for ever. */
#include <err.h>
#include <errno.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include "server.h"

static sem_t guard;
static unsigned long children;

static void reap(int signo)
{
	int saved_errno = errno;

	(void)signo;
	while (waitpid(-1, NULL, WNOHANG) > 0) {
		while (sem_wait(&guard) == -1)
			;
		children--;
		sem_post(&guard);
	}
	errno = saved_errno;
}

static void count(void)
{
	while (sem_wait(&guard) == -1)
		;
	children++;
	sem_post(&guard);
}

void run_server(int listenfd)
{
	struct sigaction act = {.sa_handler = reap, .sa_flags = SA_RESTART};

	if (sem_init(&guard, 0, 1) == -1 || sigaction(SIGCHLD, &act, NULL) == -1)
		err(EXIT_FAILURE, "run_server");
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			_exit(EXIT_SUCCESS);
		}
		if (pid == -1)
			warn("fork");
		else
			count();
		close(connfd);
	}
}
