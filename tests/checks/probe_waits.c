/* probe_waits.c - see probe_waits.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "probe_waits.h"

#define ARGUMENTS 6
#define MINUS_ONE 0xffffffffUL /* of a 32-bit argument */

/* How a system call waits. */
enum limit {
	BY_POINTER, /* with a time limit, if the argument is not NULL */
	BY_NUMBER,  /* with a time limit, if the argument is not -1 */
	ALWAYS,	    /* for time to pass */
};

static const struct {
	long number;
	enum limit limit;
	int argument;
	int descriptors; /* the argument that says how many there are: 0 means that it waits for
			  * time; -1: no such argument */
} waits[] = {
	{SYS_nanosleep, ALWAYS, 0, -1},
	{SYS_clock_nanosleep, ALWAYS, 0, -1},
	{SYS_sched_yield, ALWAYS, 0, -1},
	/* A wait with a time limit that a signal or a stop has interrupted goes on by this. */
	{SYS_restart_syscall, ALWAYS, 0, -1},
#ifdef SYS_poll
	{SYS_poll, BY_NUMBER, 2, 1},
	{SYS_select, BY_POINTER, 4, 0},
	{SYS_epoll_wait, BY_NUMBER, 3, -1},
#endif
	{SYS_ppoll, BY_POINTER, 2, 1},
	{SYS_pselect6, BY_POINTER, 4, 0},
	{SYS_epoll_pwait, BY_NUMBER, 3, -1},
#ifdef SYS_epoll_pwait2
	{SYS_epoll_pwait2, BY_POINTER, 3, -1},
#endif
	{SYS_rt_sigtimedwait, BY_POINTER, 2, -1},
	{SYS_recvmmsg, BY_POINTER, 4, -1},
	{SYS_semtimedop, BY_POINTER, 3, -1},
	{SYS_mq_timedreceive, BY_POINTER, 4, -1},
	{SYS_mq_timedsend, BY_POINTER, 4, -1},
	{SYS_futex, BY_POINTER, 3, -1},
#ifdef SYS_futex_waitv
	{SYS_futex_waitv, BY_POINTER, 3, -1},
#endif
};

/* Returns whether a system call waits with a time limit. */
static bool is_limited(long number, const unsigned long *arguments)
{
	for (size_t i = 0; i < sizeof(waits) / sizeof(waits[0]); i++) {
		unsigned long argument = arguments[waits[i].argument];

		if (waits[i].number != number)
			continue;
		if (waits[i].descriptors >= 0 && arguments[waits[i].descriptors] == 0)
			return true;
		if (waits[i].limit == BY_NUMBER)
			return (argument & MINUS_ONE) != MINUS_ONE;
		return waits[i].limit == ALWAYS || argument != 0;
	}
	return false;
}

/* Reads a small file without a cancellation point. Returns whether there is one. */
static bool read_file(const char *path, char *text, size_t size)
{
	long fd = syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
	long length;

	if (fd == -1)
		return false;
	length = syscall(SYS_read, fd, text, size - 1);
	syscall(SYS_close, fd);
	text[length > 0 ? length : 0] = '\0';
	return length > 0;
}

/* /proc/PID/task/TID/syscall has "running", or the call's number and its arguments; -1 is none. */
enum wait wait_of(pid_t thread)
{
	unsigned long a[ARGUMENTS] = {0};
	char path[64], text[256];
	long number;

	snprintf(path, sizeof(path), "/proc/self/task/%d/syscall", thread);
	if (!read_file(path, text, sizeof(text)))
		return WAITS;
	if (sscanf(text, "%ld %lx %lx %lx %lx %lx %lx", &number, &a[0], &a[1], &a[2], &a[3], &a[4],
		    &a[5]) < 1 ||
		number == -1)
		return RUNS;
	return is_limited(number, a) ? WAITS_FOR_TIME : WAITS;
}
