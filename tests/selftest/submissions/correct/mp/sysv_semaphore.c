/* Correct: a System V semaphore with SEM_UNDO counts the children; it is removed at the end. */
#include <err.h>
#include <errno.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/sem.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

static int living = -1;

static void remove_semaphore(int signo)
{
	semctl(living, 0, IPC_RMID);
	_exit(128 + signo);
}

static void make_semaphore(void)
{
	living = semget(IPC_PRIVATE, 1, 0600);
	if (living == -1)
		err(1, "semget");
	signal(SIGTERM, remove_semaphore);
	signal(SIGINT, remove_semaphore);
}

/* Undone by the kernel when the child ends, however it does. */
static void count(void)
{
	struct sembuf one_more = {.sem_op = 1, .sem_flg = SEM_UNDO};

	signal(SIGTERM, SIG_DFL);
	signal(SIGINT, SIG_DFL);
	semop(living, &one_more, 1);
}

static void reap(int signo)
{
	int saved = errno;

	(void)signo;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	errno = saved;
}

void run_server(int listenfd)
{
	struct sigaction sa = {.sa_handler = reap, .sa_flags = SA_RESTART};

	make_semaphore();
	if (sigaction(SIGCHLD, &sa, NULL) == -1)
		err(1, "sigaction");
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == -1)
			warn("fork");
		if (pid == 0) {
			close(listenfd);
			count();
			serve_client(connfd);
			_exit(0);
		}
		close(connfd);
	}
}
