/* injection.c - see injection.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>
#include "family.h"
#include "injection.h"
#include "listener.h"
#include "refusals.h"
#include "rlimits.h"
#include "seccomp.h"

/* Calls that wait at the same time: one a thread, and there are fewer than these. */
enum { WAITING_CALLS_MAX = 8192 };

/* Calls after which the box no longer runs before all others. Fewer, and those of a right server
 * may wait; more, and who makes calls all the time takes the machine from others for longer. */
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
static void decide_on_memory(const struct call *call)
{
	unsigned long length = call->data.args[1];

	if (length > SHARED_MAX - shared) {
		answer_call(call->id, ENOMEM);
		count_refused("mmap");
	} else if (answer_call(call->id, 0)) {
		length = (length + PAGE - 1) / PAGE * PAGE;
		shared = length > SHARED_MAX - shared ? SHARED_MAX : shared + length;
	}
}

/* Lets it go on to where Landlock refuses it, and only names it: by then the path may be another
 * one, and what is named here is not what decides. */
static void name_file(const struct call *call)
{
	char path[sizeof("/dev/shm/sem.")] = "";
	int word = call->data.nr == __NR_openat ? 1 : 0;
	struct iovec here = {.iov_base = path, .iov_len = sizeof(path) - 1};
	struct iovec there = {
		.iov_base = (void *)(uintptr_t)call->data.args[word],
		.iov_len = sizeof(path) - 1,
	};

	if (process_vm_readv(call->thread, &here, 1, &there, 1, 0) > 0 &&
		strncmp(path, "/dev/shm/", strlen("/dev/shm/")) == 0)
		count_refused(strcmp(path, "/dev/shm/sem.") == 0 ? "sem_open" : "shm_open");
	answer_call(call->id, 0);
}

/* Returns the arguments of a call, with 0 for the number of a process that the program may change:
 * its own and those of the family. The rules know them no other way. */
static struct seccomp_data without_own_number(const struct seccomp_data *call)
{
	static const struct {
		int call, word; /* which argument is the number */
	} takers[] = {
		{__NR_prlimit64, 0},
		{__NR_sched_setscheduler, 0},
		{__NR_sched_setattr, 0},
		{__NR_setpriority, 1},
	};
	struct seccomp_data changed = *call;

	if (call->nr == __NR_setpriority && call->args[0] != PRIO_PROCESS)
		return changed;
	for (size_t i = 0; i < sizeof(takers) / sizeof(takers[0]); i++)
		if (call->nr == takers[i].call &&
			descends_from_box((pid_t)call->args[takers[i].word]))
			changed.args[takers[i].word] = 0;
	return changed;
}

static void take_in(const struct call *call)
{
	const struct seccomp_data data = without_own_number(&call->data);
	const struct call_rule *rule = rule_for(&data, filter);
	enum call_kind kind = kind_of(&data);

	if (rule != NULL && rule->error != 0) {
		answer_call(call->id, rule->error);
		count_refused(rule->name);
	} else if (kind == CALL_SHARE) {
		decide_on_memory(call);
	} else if (kind == CALL_MAKE) {
		name_file(call);
	} else if (kind == CALL_KINDS) {
		answer_call(call->id, 0);
	} else if (plans[kind].held && held_number < WAITING_CALLS_MAX) {
		held[held_number++] = (struct held_call){call->id, kind};
	} else {
		decide(call->id, &plans[kind]);
	}
}

void expect_calls(unsigned int kind)
{
	filter = kind;
}

void answer_calls(unsigned int most)
{
	static unsigned long answered;
	struct call call;

	while (most-- > 0 && receive_call(&call)) {
		take_in(&call);
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
