/* seccomp_rules.h - the rules of the system call filter, for seccomp.c and for the test that
 * tries each of them. */
#ifndef SECCOMP_RULES_H
#define SECCOMP_RULES_H

#include <stdbool.h>
#include <stddef.h>

/* No error number: the call seems to succeed, and does nothing. */
#define PRETENDED 254

/* If the 32-bit word of the arguments, masked, has the value (or, with `unless`, has not), the
 * call fails with the error; error 0: it is allowed. Without a mask the rule always holds. The
 * first rule that holds decides; a call for which none holds is allowed, up to the newest call
 * that is known here. */
struct call_rule {
	unsigned int call;
	const char *name;
	int error;
	unsigned int mask, word, value;
	bool unless;
	/* There is no such rule in filters of these kinds (enum filter, in seccomp.h). */
	unsigned int except;
	/* The C library tries the call, and then does without: nobody need know. */
	bool silent;
};

extern const struct call_rule call_rules[];
extern const size_t call_rules_number;

/* The calls that a listener decides on if no rule decides, in filters of a kind. */
enum call_kind {
	CALL_CREATE, /* processes and threads */
	CALL_ACCEPT, /* connections */
	CALL_SHARE,  /* anonymous memory with processes that are created later */
	CALL_MAKE,   /* a file */
	CALL_KINDS
};

struct told_call {
	unsigned int call;
	enum call_kind kind;
	unsigned int filter, except; /* kinds: one of the first, none of the second */
};

extern const struct told_call told_calls[];
extern const size_t told_calls_number;

/* The last call of Linux 6.10. Later ones do not exist for the program (ENOSYS), and so do not
 * the calls of x32. */
extern const unsigned int newest_call;

#endif
