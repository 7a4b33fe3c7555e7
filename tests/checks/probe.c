/* probe.c - preloaded (ld.so(8), LD_PRELOAD) into a server whose memory or races are checked.
 *
 * PROBE=pages gives each block that malloc and the like return pages of its own: what is never
 * freed shows in the size of the address space, and what is used after free faults.
 *
 * PROBE=delay does that too, and holds back each new thread at its start until one more was
 * created or its creator is blocked; once, for DELAY_LIMIT at most. A right server is right
 * however late a thread starts; in a wrong one, the creator has by then overwritten or freed what
 * the thread was handed. A thread that this library did not see being created, and so has not
 * held back, ends the server when it replies.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

/* ---- an allocator of whole pages ---- */

#define MAGIC 0x70616765U

struct header { /* stands in the page before the block */
	size_t mapped, size;
	size_t offset; /* from the mapping's start to the block */
	unsigned int magic;
};

/* 4 KiB, and on some machines 16 or 64 KiB: the checker, which counts in pages, asks too. */
static size_t page_size(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

/* Returns the header of a block, or NULL if the block is none of allocate()'s. */
static struct header *header_of(void *block)
{
	struct header *header = (struct header *)((char *)block - page_size());

	return header->magic == MAGIC ? header : NULL;
}

static void *allocate(size_t alignment, size_t size)
{
	size_t page = page_size();
	size_t extra = alignment > page ? alignment : 0;
	size_t mapped = page + extra + (size + page - 1) / page * page;
	char *start, *block;

	if (size > PTRDIFF_MAX - 2 * page - extra) {
		errno = ENOMEM;
		return NULL;
	}
	start = mmap(NULL, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (start == MAP_FAILED) {
		errno = ENOMEM;
		return NULL;
	}
	block = start + page;
	if (extra)
		block = (char *)(((uintptr_t)block + alignment - 1) / alignment * alignment);
	*(struct header *)(block - page) =
		(struct header){mapped, size, (size_t)(block - start), MAGIC};
	return block;
}

void *malloc(size_t size)
{
	return allocate(1, size);
}

static void release(void *block)
{
	struct header *header = block == NULL ? NULL : header_of(block);
	int saved_errno = errno;

	if (header != NULL)
		munmap((char *)block - header->offset, header->mapped);
	errno = saved_errno;
}

void free(void *block)
{
	release(block);
}

void *calloc(size_t number, size_t size)
{
	if (size != 0 && number > PTRDIFF_MAX / size) {
		errno = ENOMEM;
		return NULL;
	}
	return allocate(1, number * size);
}

/* A block that is none is the end of the program, as it is in the C library. */
void *realloc(void *block, size_t size)
{
	struct header *header = block == NULL ? NULL : header_of(block);
	void *moved;

	if (block != NULL && header == NULL)
		abort();
	moved = allocate(1, size);
	if (moved != NULL && header != NULL) {
		memcpy(moved, block, header->size < size ? header->size : size);
		release(block);
	}
	return moved;
}

void *memalign(size_t alignment, size_t size)
{
	return allocate(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
	return allocate(alignment, size);
}

int posix_memalign(void **block, size_t alignment, size_t size)
{
	*block = allocate(alignment, size);
	return *block == NULL ? ENOMEM : 0;
}

size_t malloc_usable_size(void *block)
{
	struct header *header = block == NULL ? NULL : header_of(block);

	return header == NULL ? 0 : header->size;
}

/* ---- late threads ---- */

enum { LOOK_NS = 1000 * 1000, ASLEEP_LOOKS = 15, DELAY_LIMIT = 2500 /* looks */ };

struct start {
	void *(*routine)(void *);
	thrd_start_t c11_routine;
	void *argument;
	unsigned int number;
	pid_t creator;
};

static atomic_uint created;
static atomic_bool given_up;
static bool delaying;
static __thread pid_t started; /* the thread's own number, if start_late has started it */

__attribute__((constructor)) static void read_environment(void)
{
	const char *probe = getenv("PROBE");

	delaying = probe != NULL && strcmp(probe, "delay") == 0;
}

/* Returns whether a system call waits for time to pass, and for nothing else. */
static bool waits_for_time(long number, unsigned long first, unsigned long second)
{
	switch (number) {
	case SYS_clock_nanosleep:
	case SYS_nanosleep:
	case SYS_sched_yield:
		return true;
#ifdef SYS_poll
	case SYS_poll:
		return second == 0; /* no descriptors */
	case SYS_select:
		return first == 0;
#endif
	case SYS_ppoll:
		return second == 0;
	case SYS_pselect6:
		return first == 0;
	default:
		return false;
	}
}

/* Returns whether the thread sleeps until something happens. proc(5): /proc/PID/task/TID/syscall
 * holds "running", or the call's number and its arguments. */
static bool blocked(pid_t thread)
{
	unsigned long first = 1, second = 1;
	long number = -1;
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/task/%d/syscall", thread);
	file = fopen(path, "re");
	if (file == NULL)
		return true; /* it cannot be known: wait as for a blocked thread */
	if (fscanf(file, "%ld %lx %lx", &number, &first, &second) < 1)
		number = -1;
	fclose(file);
	return number != -1 && !waits_for_time(number, first, second);
}

static void hold_back(const struct start *start)
{
	struct timespec look = {.tv_nsec = LOOK_NS};
	int asleep = 0;

	for (int i = 0; !atomic_load(&given_up) && asleep < ASLEEP_LOOKS; i++) {
		if (atomic_load(&created) > start->number)
			return;
		if (i == DELAY_LIMIT)
			atomic_store(&given_up, true); /* its creator waits, and does not show it */
		asleep = blocked(start->creator) ? asleep + 1 : 0;
		nanosleep(&look, NULL);
	}
}

static void *start_late(void *argument)
{
	struct start start = *(struct start *)argument;

	release(argument);
	started = (pid_t)syscall(SYS_gettid);
	if (delaying)
		hold_back(&start);
	if (start.c11_routine != NULL)
		return (void *)(intptr_t)start.c11_routine(start.argument);
	return start.routine(start.argument);
}

static int create(pthread_t *thread, const pthread_attr_t *attributes, struct start start)
{
	static int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
	struct start *late;
	int error;

	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "pthread_create");
	if (!delaying && start.c11_routine == NULL)
		return real(thread, attributes, start.routine, start.argument);
	late = allocate(1, sizeof(*late));
	if (late == NULL)
		return EAGAIN;
	start.creator = (pid_t)syscall(SYS_gettid);
	start.number = atomic_fetch_add(&created, 1) + 1;
	*late = start;
	error = real(thread, attributes, start_late, late);
	if (error != 0)
		release(late);
	return error;
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*routine)(void *),
	void *argument)
{
	return create(thread, attributes, (struct start){.routine = routine, .argument = argument});
}

/* C11 threads are threads too; glibc's thrd_create does not go through the pthread_create above. */
int thrd_create(thrd_t *thread, thrd_start_t routine, void *argument)
{
	struct start start = {.c11_routine = routine, .argument = argument};

	switch (create((pthread_t *)thread, NULL, start)) {
	case 0:
		return thrd_success;
	case ENOMEM:
		return thrd_nomem;
	default:
		return thrd_error;
	}
}

/* The given service replies by this function. */
ssize_t send(int fd, const void *data, size_t size, int flags)
{
	static const char message[] =
		"a thread serves that neither pthread_create() nor thrd_create() has created\n";
	pid_t thread = (pid_t)syscall(SYS_gettid);

	if (delaying && thread != getpid() && thread != started)
		_exit(write(STDERR_FILENO, message, sizeof(message) - 1) == -1 ? 2 : 1);
	return sendto(fd, data, size, flags, NULL, 0);
}
