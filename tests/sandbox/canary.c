/* canary.c - tries from within a box what no submission may do, before any submission is run.
 * tiers.py starts it.
 *
 *	canary SECRET SOURCE RESULT DECOY PORT
 *
 * Prints "landlock VERSION" (-1: none), then a word for each attempt that succeeds: "read" (of the
 * files SECRET or SOURCE), "write" (the file RESULT), "kill" (the process DECOY), "connect" (to
 * PORT on the loopback). Leaves a daemon behind, and prints "ready". Then it waits until it may
 * create no more processes, and prints "forked" if it can anyway, otherwise "bound".
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "compat.h"

static bool can_open(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0644);

	if (fd != -1)
		close(fd);
	return fd != -1;
}

static bool can_connect(uint16_t port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	return fd != -1 && connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0;
}

/* Leaves a process in a session of its own, whose parent has ended. Returns when it is there. */
static void leave_daemon(void)
{
	pid_t child = fork();

	if (child == 0) {
		setsid();
		if (fork() == 0) {
			setsid();
			for (;;)
				pause();
		}
		_exit(0);
	}
	if (child == -1 || waitpid(child, NULL, 0) == -1)
		exit(1);
}

/* Returns whether a process can be created when the grader has forbidden it. */
static bool can_fork(void)
{
	struct timespec pause = {.tv_nsec = 500 * 1000};
	struct rlimit limit = {.rlim_cur = 1};
	pid_t child;

	for (int tries = 0; limit.rlim_cur != 0 && tries < 4000; tries++) {
		nanosleep(&pause, NULL);
		getrlimit(RLIMIT_NPROC, &limit);
	}
	child = fork();
	if (child == 0)
		_exit(0);
	return child != -1;
}

int main(int argc, char *argv[])
{
	if (argc != 6) {
		fprintf(stderr, "usage: canary SECRET SOURCE RESULT DECOY PORT\n");
		return 2;
	}
	setbuf(stdout, NULL);
	printf("landlock %ld\n",
		syscall(__NR_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION));
	if (can_open(argv[1], O_RDONLY) || can_open(argv[2], O_RDONLY))
		puts("read");
	if (can_open(argv[3], O_WRONLY | O_CREAT))
		puts("write");
	if (kill(atoi(argv[4]), SIGKILL) == 0)
		puts("kill");
	if (can_connect((uint16_t)atoi(argv[5])))
		puts("connect");
	leave_daemon();
	puts("ready");
	puts(can_fork() ? "forked" : "bound");
	for (;;)
		pause();
}
