/* proc.h - files of /proc about one process: proc(5). */
#ifndef PROC_H
#define PROC_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Returns whether a process or thread has such a file, whose beginning is then in `text`. */
bool read_proc(pid_t pid, const char *name, char *text, size_t size);

/* Returns the number behind a name in the text of a "status" file, 0 if it is not there. The name
 * begins with "\n" and ends with ":"; the names of processes have their newlines escaped. */
unsigned long number_in_status(const char *text, const char *name);

#endif
