/* landlock.h - which files, ports and processes a program reaches: landlock(7). */
#ifndef LANDLOCK_H
#define LANDLOCK_H

#include <stdbool.h>
#include <sys/types.h>

/* Returns the version of the kernel's Landlock, 0 if there is none. What each version adds is in
 * landlock(7). */
long landlock_version(void);

/* From here on the calling process, and what it starts, reaches only the paths of read= and
 * write= in the list of settings, /dev/null, and if it has a root directory of its own, /dev/shm
 * and /dev/mqueue; it binds only port 0 (any free one), connects to no port, and signals no process
 * outside: as far as this kernel's version can. Needs no_new_privs. Ends the process if it cannot,
 * or if there is no Landlock. */
void landlock(char *const *list, bool own_root);

/* From here on the calling process can signal only what it starts. Returns whether it works: it
 * tries to signal the grader, whose process id this takes. */
bool landlock_signals(pid_t grader);

#endif
