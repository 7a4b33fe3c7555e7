/* seccomp.h - which system calls a program may make: seccomp(2). seccomp_rules.c has the rules. */
#ifndef SECCOMP_H
#define SECCOMP_H

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include "seccomp_rules.h"

/* The architecture as seccomp(2) numbers it; 0: not known, so there is no filter, and tier 1 is
 * all there is. The filter takes the lower half of an argument to come first: little-endian
 * only. */
#ifndef SECCOMP_ARCHITECTURE
#if defined(__x86_64__) && defined(__LP64__)
#define SECCOMP_ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__) && defined(__LP64__) && defined(__AARCH64EL__)
#define SECCOMP_ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#define SECCOMP_ARCHITECTURE 0
#endif
#endif

/* What a filter does, and what it may know of the box; a set of these. */
enum filter {
	FILTER_RULES = 1 << 0,	 /* refuses what the rules say */
	FILTER_TOLD = 1 << 1,	 /* with rules: a listener refuses, and counts shared memory */
	FILTER_FAULTS = 1 << 2,	 /* a listener decides on who may create and accept */
	FILTER_OWN_IPC = 1 << 3, /* the box's System V and POSIX IPC end with it */
	FILTER_ALONE = 1 << 4,	 /* the program can change no process outside the box */
};

/* Returns the rule that decides on a call under a filter of a kind, NULL if there is none. */
const struct call_rule *rule_for(const struct seccomp_data *call, unsigned int kind);

/* Returns the filter of a kind: a set of enum filter. The next call overwrites it. */
const struct sock_fprog *seccomp_filter(unsigned int kind);

/* From here on the calling process, and what it starts, is under the filter of that kind. Needs
 * no_new_privs. Returns the descriptor of its listener (seccomp_unotify(2)), which must answer all
 * that it is told as long as the processes live, or -1 if the kernel gives none: then no call
 * waits for one. `patient` says whether a call that the listener has received is not interrupted
 * by signals any more. Ends the process if rules are wanted and it cannot have them. */
int filter_calls(unsigned int kind, bool *patient);

#endif
