/* hoard.c - holds memory where the resident memory of a process does not show it.
 *
 *	hoard WAY		takes up to MOST bytes, prints "held N" (MiB), and waits
 *
 * Shared memory stays when no page table has it (madvise(2), MADV_DONTNEED), until the last that
 * has it mapped or open ends.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <unistd.h>

#define PIECE (8UL << 20) /* bytes */
#define MOST (512UL << 20)

/* Uses all of it, and drops it from the page table. */
static int hide(char *memory)
{
	if (memory == MAP_FAILED)
		return -1;
	for (size_t i = 0; i < PIECE; i += 4096)
		*(volatile char *)(memory + i);
	return madvise(memory, PIECE, MADV_DONTNEED);
}

static int hide_written(char *memory)
{
	if (memory == MAP_FAILED)
		return -1;
	memset(memory, 1, PIECE);
	return madvise(memory, PIECE, MADV_DONTNEED);
}

static int anonymous(void)
{
	int flags = MAP_SHARED | MAP_ANONYMOUS;

	return hide_written(mmap(NULL, PIECE, PROT_READ | PROT_WRITE, flags, -1, 0));
}

/* Most of a mapping is taken away again: its size says nothing. */
static int shrunk(void)
{
	int flags = MAP_SHARED | MAP_ANONYMOUS;
	char *memory = mmap(NULL, PIECE, PROT_READ | PROT_WRITE, flags, -1, 0);

	return hide_written(memory) == -1 ? -1 : munmap(memory + 4096, PIECE - 4096);
}

/* Reading is enough to fill shared memory with zeros. */
static int zero(void)
{
	int fd = open("/dev/zero", O_RDONLY);

	return hide(mmap(NULL, PIECE, PROT_READ, MAP_SHARED, fd, 0));
}

static int of_file(int fd)
{
	int failed = fd == -1 || ftruncate(fd, PIECE) == -1 ||
		     hide_written(mmap(NULL, PIECE, PROT_WRITE, MAP_SHARED, fd, 0)) == -1;

	return failed ? -1 : 0;
}

static int memfd(void)
{
	return of_file(memfd_create("hoard", 0));
}

/* mmap(2) lets it be larger than the file system; writing does not. */
static int named(void)
{
	static char block[1 << 16];
	int fd = shm_open("/hoard", O_CREAT | O_EXCL | O_RDWR, 0600);

	if (fd == -1)
		return -1;
	shm_unlink("/hoard");
	for (size_t size = 0; size < PIECE; size += sizeof(block))
		if (write(fd, block, sizeof(block)) != sizeof(block))
			return -1;
	return 0;
}

static int segment(void)
{
	int id = shmget(IPC_PRIVATE, PIECE, 0600);
	char *memory = id == -1 ? (char *)-1 : shmat(id, NULL, 0);

	if (memory == (char *)-1)
		return -1;
	memset(memory, 1, PIECE);
	return shmdt(memory);
}

static int child(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		char *memory = malloc(PIECE);

		if (memory != NULL)
			memset(memory, 1, PIECE);
		for (;;)
			pause();
	}
	return pid == -1 ? -1 : 0;
}

static const struct {
	const char *name;
	int (*take)(void);
} ways[] = {
	{"anonymous", anonymous},
	{"shrunk", shrunk},
	{"zero", zero},
	{"memfd", memfd},
	{"named", named},
	{"segment", segment},
	{"child", child},
};

int main(int argc, char *argv[])
{
	size_t held = 0;

	for (size_t i = 0; argc == 2 && i < sizeof(ways) / sizeof(ways[0]); i++)
		if (strcmp(argv[1], ways[i].name) == 0)
			while (held < MOST && ways[i].take() == 0)
				held += PIECE;
	printf("held %zu\n", held >> 20);
	fflush(stdout);
	for (;;)
		pause();
}
