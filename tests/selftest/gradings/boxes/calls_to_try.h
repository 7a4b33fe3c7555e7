/* calls_to_try.h - what try_calls.c does under the sandbox's filter. */
#ifndef CALLS_TO_TRY_H
#define CALLS_TO_TRY_H

#include <stddef.h>

enum { ARGUMENTS = 6, TOLD = 253 /* no error: a listener decides */ };

struct attempt {
	const char *name;
	unsigned int call;
	int error; /* which the filter is to return, or PRETENDED, or TOLD; 0: it lets it through */
	unsigned int kind; /* of the filter, beside FILTER_RULES */
	unsigned long arguments[ARGUMENTS];
};

extern const struct attempt attempts[];
extern const size_t attempts_number;

#endif
