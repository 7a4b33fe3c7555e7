/* attacks.h - the parts of attacks.c. */
#ifndef ATTACKS_H
#define ATTACKS_H

#include <stdbool.h>

/* Makes an endless attack. Returns if there is none of that name. */
void run_endless(const char *name);

/* Prints the name of each thing that a right server may do, and that failed, and "done". */
void do_right_things(void);

/* Returns whether a file can be opened; closes it again. */
bool opens(const char *path, int flags);

#endif
