/* family.h - the processes below the box: who they are, what they use, and how they end. */
#ifndef FAMILY_H
#define FAMILY_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct usage {
	size_t processes;     /* the box itself included */
	unsigned long memory; /* bytes at most: what several share counts for each of them */
};

/* How a signal reaches the whole family. */
enum reach {
	REACH_ALL,   /* kill(-1) reaches the family and no other process: the kernel ensures it */
	REACH_USER,  /* no other process runs as the family's user */
	REACH_FOUND, /* neither: its processes must be found one by one */
};

/* Looks at all descendants of the calling process. There may be thousands: `go_on` is called before
 * each, and ends it by returning false. Ends the process if there is no /proc. */
struct usage use_of_family(bool (*go_on)(void));

/* Returns the bytes of memory of the processes that use_of_family() has found, what several share
 * counted once. It costs ten times as much. `go_on` as there. */
unsigned long memory_of_family(bool (*go_on)(void));

/* Returns whether a process, or the one that has a thread of that number, is a descendant of the
 * calling process. */
bool descends_from_box(pid_t pid);

/* Sends SIGKILL to all descendants of the calling process. `uid` is their user, for REACH_USER.
 * Processes that were being created may have got away: call it until waitpid(2) says that there
 * are no children. */
void kill_family(enum reach reach, uid_t uid);

#endif
