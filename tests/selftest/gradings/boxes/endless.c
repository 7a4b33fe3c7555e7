/* endless.c - the attacks of attacks.c that go on until they are ended. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <unistd.h>
#include "attacks.h"

static void fork_bomb(void)
{
	for (;;)
		fork();
}

/* Each process is there for a moment only, and leaves a session and a parent behind at every
 * step. */
static void chain(void)
{
	for (;;)
		if (fork() > 0)
			_exit(0);
		else
			setsid();
}

static void daemons(void)
{
	for (int i = 0; i < 20; i++)
		if (fork() == 0) {
			setsid();
			signal(SIGTERM, SIG_IGN);
			prctl(PR_SET_NAME, ") S 1 (\n");
			if (fork() != 0)
				_exit(0);
			setsid();
			prctl(PR_SET_CHILD_SUBREAPER, 1);
			while (fork() == -1)
				;
			for (;;)
				pause();
		}
	puts("there");
	for (;;)
		pause();
}

static void fill(int flags)
{
	size_t size = 64 << 20;

	for (;;) {
		char *memory =
			mmap(NULL, size, PROT_READ | PROT_WRITE, flags | MAP_ANONYMOUS, -1, 0);

		if (memory != MAP_FAILED)
			memset(memory, 1, size);
	}
}

static void memory(void)
{
	fill(MAP_PRIVATE);
}

static void shared_memory(void)
{
	fill(MAP_SHARED);
}

static void many(void) /* none of them has much */
{
	size_t size = 32 << 20;
	int flags = MAP_PRIVATE | MAP_ANONYMOUS;

	for (int i = 0; i < 16; i++)
		if (fork() == 0) {
			memset(mmap(NULL, size, PROT_WRITE, flags, -1, 0), 1, size);
			for (;;)
				pause();
		}
	for (;;)
		pause();
}

static void output(void)
{
	for (;;)
		write(1, (char[65536]){0x1b, '[', '2', 'J'}, 65536);
}

static void spin(void)
{
	for (volatile int i = 0;;)
		i++;
}

static void stop(void)
{
	for (;;)
		raise(SIGSTOP);
}

static void crowd(void)
{
	for (int i = 0; i < 1100; i++)
		switch (fork()) {
		case -1:
			puts("no room");
			exit(1);
		case 0:
			for (;;)
				pause();
		}
	puts("there");
	for (;;)
		pause();
}

static void keeps_ipc(void)
{
	int made = open("/dev/shm/lab-there", O_CREAT | O_RDWR | O_CLOEXEC, 0600);

	if (made != -1 && shmget(1, 4096, IPC_CREAT | 0600) != -1 &&
		semget(1, 1, IPC_CREAT | 0600) != -1 && msgget(1, IPC_CREAT | 0600) != -1)
		puts("there");
	for (;;)
		pause();
}

static const struct {
	const char *name;
	void (*act)(void);
} endless[] = {
	{"fork_bomb", fork_bomb},
	{"chain", chain},
	{"daemons", daemons},
	{"memory", memory},
	{"many", many},
	{"shared_memory", shared_memory},
	{"output", output},
	{"crowd", crowd},
	{"keeps_ipc", keeps_ipc},
	{"spin", spin},
	{"stop", stop},
};

void run_endless(const char *name)
{
	for (size_t i = 0; i < sizeof(endless) / sizeof(endless[0]); i++)
		if (strcmp(name, endless[i].name) == 0)
			endless[i].act();
}
