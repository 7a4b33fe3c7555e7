/* Buggy: parallel for the largest number only; a lock for all others.
 * Loses: mp-speedup
 * Why: what is parallel for one number is serial for the rest.
 */
#define _GNU_SOURCE
#include <poll.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server.h"

/* The number that a client has asked for, which stays to be read; -1 if there is none. */
static int peek_number(int fd)
{
	struct pollfd end = { .fd = fd, .events = POLLRDHUP };
	char line[33] = "";
	int least = 1;
	ssize_t length;

	for (;;) {
		setsockopt(fd, SOL_SOCKET, SO_RCVLOWAT, &least, sizeof(least));
		length = recv(fd, line, sizeof(line) - 1, MSG_PEEK);
		if (length <= 0 || length == sizeof(line) - 1 || memchr(line, '\n', (size_t)length) != NULL)
			break;
		if (length < least && poll(&end, 1, 0) != 0)
			break; /* else a signal has let recv() return before there was more */
		least = (int)length + 1;
	}
	least = 1;
	setsockopt(fd, SOL_SOCKET, SO_RCVLOWAT, &least, sizeof(least));
	return length > 0 ? atoi(line) : -1;
}

static sem_t *sem;

static void serve(int fd)
{
	int n = peek_number(fd);
	int alone = n < 40;

	if (alone)
		sem_wait(sem);
	serve_client(fd);
	if (alone)
		sem_post(sem);
}

void run_server(int listenfd)
{
	sem = mmap(NULL, sizeof(*sem), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
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
