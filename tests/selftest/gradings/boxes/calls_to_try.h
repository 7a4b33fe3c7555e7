/* calls_to_try.h - what try_calls.c does under the sandbox's filter. */
#ifndef CALLS_TO_TRY_H
#define CALLS_TO_TRY_H

#include <stddef.h>

enum { ARGUMENTS = 6 };

struct attempt {
	const char *name;
	unsigned int call;
	int error; /* which the filter is to return (PRETENDED, too); 0: it lets the call through */
	unsigned int kind; /* of the filter, beside FILTER_RULES */
	unsigned long arguments[ARGUMENTS];
};

extern const struct attempt attempts[];
extern const size_t attempts_number;

#endif
