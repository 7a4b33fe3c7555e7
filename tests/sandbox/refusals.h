/* refusals.h - what the box has refused to the program, by name. */
#ifndef REFUSALS_H
#define REFUSALS_H

#include <stddef.h>

/* Counts a call of that name, which must stay where it is. */
void count_refused(const char *name);

/* Writes "NAME NUMBER NAME NUMBER ..." with a blank before each word: as much as there is room for
 * in so many bytes. */
void list_refused(char *text, size_t size);

#endif
