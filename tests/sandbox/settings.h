/* settings.h - what the command line of the box says. */
#ifndef SETTINGS_H
#define SETTINGS_H

#include <sys/types.h>

/* The status of a box that cannot do what it was told: as a shell's for a command that it cannot
 * run. Every function of the sandbox that fails prints one line on standard error and ends the
 * process with it. */
#define EXIT_BOX_FAILED 126

#define SAME_USER ((uid_t)-1)

struct settings {
	/* The socket to the grader. */
	int control;
	/* 1, 2 or 3, see box.c. */
	int tier;
	/* The user to run the program as, or SAME_USER. */
	uid_t uid;
	/* NAME=VALUE..., up to a NULL. */
	char **list;
	/* The program and its arguments, up to a NULL. */
	char **command;
	/* Limits of all processes together, 0: none. Bytes, their number, milliseconds. */
	unsigned long memory;
	unsigned long processes;
	unsigned long wall;
	/* A library to load into the program, or NULL. */
	const char *preload;
	/* Not 0: the grader wants to make system calls of the program fail (injection.h). */
	unsigned long faults;
};

/* Reads the command line, whose syntax is in box.c. It keeps pointers into argv, and puts a NULL
 * there for the "--". */
void read_settings(struct settings *settings, int argc, char *argv[]);

/* Returns the VALUE of a setting NAME=VALUE, or NULL if the setting has another name. */
const char *value_of(const char *setting, const char *name);

/* Returns the number that the whole text is. If it is none, this ends the box. */
unsigned long number_of(const char *text);

#endif
