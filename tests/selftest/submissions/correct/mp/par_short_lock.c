/* Correct: a shared semaphore is held to count, before and after, not while a client is served. */
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "server.h"

static sem_t *sem;

struct counts {
	sem_t sem;
	long begun, ended;
};

static void count(long *which)
{
	while (sem_wait(sem) == -1)
		;
	++*which;
	sem_post(sem);
}

static void serve(int fd)
{
	struct counts *counts = (struct counts *)sem;

	count(&counts->begun);
	serve_client(fd);
	count(&counts->ended);
}

void run_server(int listenfd)
{
	sem = mmap(NULL, sizeof(struct counts), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (sem == MAP_FAILED || sem_init(sem, 1, 1) == -1) {
		perror("semaphore");
		exit(EXIT_FAILURE);
	}
	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		int fd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == 0) {
			close(listenfd);
			serve(fd);
			_exit(0);
		}
		if (pid == -1)
			perror("fork");
		close(fd);
	}
}
