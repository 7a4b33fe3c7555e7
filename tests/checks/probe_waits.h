/* probe_waits.h - does a thread wait, and does that end by itself? */
#ifndef PROBE_WAITS_H
#define PROBE_WAITS_H

#include <sys/types.h>

enum wait {
	RUNS,		/* or could run, or sleeps in a page fault */
	WAITS,		/* until something happens; also if it cannot be known */
	WAITS_FOR_TIME, /* to pass, at the latest */
};

#pragma GCC visibility push(hidden)

/* Returns what a thread of this process does, as proc(5) shows it. Is no cancellation point. */
enum wait wait_of(pid_t thread);

#pragma GCC visibility pop

#endif
