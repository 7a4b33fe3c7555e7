/* injection.h - decides on the system calls that wait for the box (listener.h): what the rules
 * refuse, fails; so does what the grader wants to fail, or more memory than may be shared. */
#ifndef INJECTION_H
#define INJECTION_H

#include <stdbool.h>

/* The kind of filter (seccomp.h) that the calls come from. */
void expect_calls(unsigned int kind);

/* Answers calls that wait for the box, at most so many, and returns. A program that
 * makes calls all the time must not keep the box from its other business. */
enum { A_FEW_CALLS = 64 };
void answer_calls(unsigned int most);

/* Answers all calls that waited when this was called, but for those that are held. */
void answer_all_calls(void);

/* After `skip` more calls of a kind ("create": processes and threads, "accept": connections) have
 * been let go on, the next `times` (-1: all) fail with an error; error 0 ends that. Returns false
 * if there is no such kind, or calls cannot be made to fail here. */
bool inject(const char *kind, int error, unsigned long skip, long times);

/* Returns how many calls of a kind have failed so far because of inject(). */
unsigned long injected(const char *kind);

/* From now on the box does not answer calls of a kind, so that whoever makes one waits, or
 * (`on` is false) answers those that wait, and later ones at once. Returns false if calls cannot be
 * held here. */
bool hold(const char *kind, bool on);

#endif
