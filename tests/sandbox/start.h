/* start.h - the program's process, up to exec. */
#ifndef START_H
#define START_H

#include <sys/types.h>
#include "settings.h"

/* Undoes what the grader has ignored or blocked. */
void reset_signals(void);

/* Returns what kind of filter (seccomp.h) the program is to be under. */
unsigned int wanted_filter(const struct settings *settings);

/* Takes from the calling process all that the program is not to have, and becomes the program.
 * `parent` is the box. Ends the process if it cannot. */
void run_program(const struct settings *settings, pid_t parent) __attribute__((noreturn));

#endif
