/* probe_waits.h - does a thread wait, and does that end by itself? */
#ifndef PROBE_WAITS_H
#define PROBE_WAITS_H

#include <sys/types.h>

enum wait {
	RUNS,		/* or could run, or sleeps in a page fault */
	WAITS,		/* until something happens; also if it cannot be known */
	WAITS_FOR_TIME, /* to pass, at the latest */
};

/* Returns what a thread of this process does, as proc(5) shows it. Is no cancellation point. */
__attribute__((visibility("hidden"))) enum wait wait_of(pid_t thread);

#endif
