/* seccomp.h - which system calls a program may make: seccomp(2). seccomp_rules.c has the rules. */
#ifndef SECCOMP_H
#define SECCOMP_H

#include <linux/audit.h>
#include <linux/filter.h>

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

/* Returns the filter, which is made at the first call. */
const struct sock_fprog *seccomp_filter(void);

/* From here on the calling process, and what it starts, makes only the system calls that the
 * rules allow. Needs no_new_privs. Ends the process if it cannot, or if there are no rules for
 * this architecture. */
void filter_calls(void);

#endif
