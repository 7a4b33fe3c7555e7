/* injection.c - see injection.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include "injection.h"
#include "listener.h"
#include "refusals.h"
#include "rlimits.h"
#include "seccomp.h"

/* Calls that wait at the same time: one a thread, and there are fewer than these. */
enum { WAITING_CALLS_MAX = 8192 };

/* Calls after which the box no longer runs before all others. Fewer, and those of a right server may
 * wait; more, and who makes calls all the time takes the machine from others for longer. */
enum { HURRIED_MAX = 100000 };

/* Bytes of anonymous memory that all processes together may share in all their time. It can be kept
 * out of all page tables (madvise(2)), where no count of used memory finds it. Less, and a right
 * server that shares much fails; more, and a hostile one hides more. */
#define SHARED_MAX (256UL << 20)
#define PAGE 4096UL

/* The kinds that the grader can name. */
static const char *const names[] = {
	[CALL_CREATE] = "create",
	[CALL_ACCEPT] = "accept",
};
#define KINDS CALL_SHARE /* those before it */

static struct plan {
	int error; /* 0: calls are let go on */
	unsigned long skip;
	long times; /* -1: all */
	unsigned long failed;
	bool held;
} plans[KINDS];

static struct held_call {
	uint64_t id;
	enum call_kind kind;
} held[WAITING_CALLS_MAX]; /* oldest first */
static size_t held_number;
static unsigned int filter; /* its kind: seccomp.h */
static unsigned long shared;

/* Returns KINDS if there is no such kind. */
static enum call_kind kind_named(const char *name)
{
	enum call_kind kind = 0;

	while (kind < KINDS && strcmp(names[kind], name) != 0)
		kind++;
	return kind;
}

static enum call_kind kind_of(const struct seccomp_data *call)
{
	for (size_t i = 0; i < told_calls_number; i++)
		if (told_calls[i].call == (unsigned int)call->nr)
			return told_calls[i].kind;
	return CALL_KINDS;
}

/* A call that a signal has taken back did not happen: it does not count. */
static void decide(uint64_t id, struct plan *plan)
{
	bool fails = plan->error != 0 && plan->skip == 0 && plan->times != 0;

	if (!answer_call(id, fails ? plan->error : 0) || plan->error == 0)
		return;
	if (plan->skip > 0) {
		plan->skip--;
	} else if (fails) {
		plan->failed++;
		if (plan->times > 0)
			plan->times--;
	}
}

/* mmap(2): the second argument is the length. */
static void decide_on_memory(uint64_t id, const struct seccomp_data *call)
{
	unsigned long length = call->args[1];

	if (length > SHARED_MAX - shared) {
		answer_call(id, ENOMEM);
		count_refused("mmap");
	} else if (answer_call(id, 0)) {
		length = (length + PAGE - 1) / PAGE * PAGE;
		shared = length > SHARED_MAX - shared ? SHARED_MAX : shared + length;
	}
}

static void take_in(uint64_t id, const struct seccomp_data *call)
{
	const struct call_rule *rule = rule_for(call, filter);
	enum call_kind kind = kind_of(call);

	if (rule != NULL && rule->error != 0) {
		answer_call(id, rule->error);
		count_refused(rule->name);
	} else if (kind == CALL_SHARE) {
		decide_on_memory(id, call);
	} else if (kind == CALL_KINDS) {
		answer_call(id, 0);
	} else if (plans[kind].held && held_number < WAITING_CALLS_MAX) {
		held[held_number++] = (struct held_call){id, kind};
	} else {
		decide(id, &plans[kind]);
	}
}

void expect_calls(unsigned int kind)
{
	filter = kind;
}

void answer_calls(unsigned int most)
{
	static unsigned long answered;
	struct seccomp_data call;
	uint64_t id;

	while (most-- > 0 && receive_call(&id, &call)) {
		take_in(id, &call);
		if (++answered == HURRIED_MAX)
			run_like_others();
	}
}

void answer_all_calls(void)
{
	answer_calls(WAITING_CALLS_MAX); /* the oldest come first */
}

bool inject(const char *name, int error, unsigned long skip, long times)
{
	enum call_kind kind = kind_named(name);

	if (kind == KINDS || listener_descriptor() == -1 || !(filter & FILTER_FAULTS))
		return false;
	answer_all_calls(); /* those were made before */
	plans[kind].error = error;
	plans[kind].skip = skip;
	plans[kind].times = times;
	return true;
}

unsigned long injected(const char *name)
{
	enum call_kind kind = kind_named(name);

	return kind == KINDS ? 0 : plans[kind].failed;
}

/* Answers the held calls of a kind. */
static void release(enum call_kind kind)
{
	size_t left = 0;

	for (size_t i = 0; i < held_number; i++)
		if (held[i].kind == kind)
			decide(held[i].id, &plans[kind]);
		else
			held[left++] = held[i];
	held_number = left;
}

bool hold(const char *name, bool on)
{
	enum call_kind kind = kind_named(name);

	if (kind == KINDS || !calls_are_patient() || !(filter & FILTER_FAULTS))
		return false;
	answer_all_calls();
	plans[kind].held = on;
	if (!on)
		release(kind);
	return true;
}
