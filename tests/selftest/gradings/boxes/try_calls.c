/* try_calls.c - makes each system call that the sandbox's filter has a rule for, under that
 * filter.
 *
 *	try_calls		for each attempt: whether the filter did what it expects
 *	try_calls rules		for each rule: whether an attempt would notice its absence
 *
 * A line begins with "ok" or "WRONG". The kernel itself refuses many of these calls, with the same
 * errors, so the filter's own errors are marked: here, and only here, MARK is added to them; and
 * what it would let a listener decide gets the mark of TOLD.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "../../../sandbox/compat.h"
#include "../../../sandbox/seccomp.h"
#include "../../../sandbox/seccomp_rules.h"
#include "calls_to_try.h"

enum { MARK = 1000, DIED = 255, NOBODY = 65534, FILTER_MAX = 4096 };

static struct sock_filter marked[FILTER_MAX]; /* the filter, with MARK */

static bool returns_error(const struct sock_filter *instruction)
{
	return instruction->code == (BPF_RET | BPF_K) &&
	       (instruction->k & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_ERRNO;
}

static bool asks_listener(const struct sock_filter *instruction)
{
	return instruction->code == (BPF_RET | BPF_K) && instruction->k == SECCOMP_RET_USER_NOTIF;
}

/* Returns the length. */
static unsigned short mark_filter(unsigned int kind)
{
	const struct sock_fprog *filter = seccomp_filter(FILTER_RULES | kind);

	if (filter->len > FILTER_MAX)
		errx(2, "the filter is longer than a filter may be");
	memcpy(marked, filter->filter, filter->len * sizeof(marked[0]));
	for (size_t i = 0; i < filter->len; i++)
		if (returns_error(&marked[i]))
			marked[i].k += MARK;
		else if (asks_listener(&marked[i]))
			marked[i].k = SECCOMP_RET_ERRNO | (MARK + TOLD);
	return filter->len;
}

/* Leaves a rule out of the filter of a kind, in which the rule is. */
static void leave_out(const struct call_rule *left_out, unsigned int kind, unsigned short length)
{
	size_t at = 2; /* behind the test of the architecture */

	for (const struct call_rule *rule = call_rules; rule <= left_out; rule++) {
		if (rule->except & kind)
			continue;
		at++;
		while (marked[at].code != (BPF_JMP | BPF_JEQ | BPF_K) || marked[at].k != rule->call)
			if (++at == length)
				errx(2, "the filter has no rule for %s", rule->name);
	}
	marked[at].k = 0xffffffff; /* a call that there is not */
}

/* Puts this process under the filter of a kind, without one of its rules, or (NULL) with all. */
static void install_filter(unsigned int kind, const struct call_rule *left_out)
{
	struct sock_fprog program = {.len = mark_filter(kind), .filter = marked};

	if (left_out != NULL)
		leave_out(left_out, kind, program.len);
	if (geteuid() == 0 && setresgid(NOBODY, NOBODY, NOBODY) == -1)
		err(2, "nobody's group");
	if (geteuid() == 0 && setresuid(NOBODY, NOBODY, NOBODY) == -1)
		err(2, "nobody");
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		err(2, "no_new_privs");
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == -1)
		err(2, "filter");
}

/* Returns the error that the filter gave to a call, 0 if it let the call through. */
static int call_under_filter(const struct attempt *attempt, const struct call_rule *left_out)
{
	const unsigned long *words = attempt->arguments;
	long result;

	install_filter(attempt->kind, left_out);
	errno = 0;
	result = syscall(
		(long)attempt->call, words[0], words[1], words[2], words[3], words[4], words[5]);
	if (result == -1 && errno == MARK)
		return PRETENDED;
	return result == -1 && errno > MARK ? errno - MARK : 0;
}

#ifdef __x86_64__
/* Returns the same for getpid() of 32-bit programs. Where the kernel has no such calls, the process
 * dies, and so it does in the shadow of a filter that lets them through. */
static int call_of_i386(const struct attempt *attempt, const struct call_rule *left_out)
{
	long result = 20;

	(void)attempt;
	install_filter(0, left_out);
	__asm__ volatile("int $0x80" : "+a"(result) : : "memory");
	return result < -MARK ? (int)-result - MARK : 0;
}
#endif

/* Returns what a function returns that is called in a process of its own; DIED if that one dies. */
static int in_child(int (*function)(const struct attempt *, const struct call_rule *),
	const struct attempt *attempt, const struct call_rule *left_out)
{
	int status;
	pid_t child = fork();

	if (child == 0)
		_exit(function(attempt, left_out));
	if (child == -1 || waitpid(child, &status, 0) != child)
		err(2, "fork");
	return WIFEXITED(status) ? WEXITSTATUS(status) : DIED;
}

static bool report(const char *name, size_t number, int expected, int got)
{
	printf("%s %s (attempt %zu): %s %d, expected %d\n", expected == got ? "ok" : "WRONG", name,
		number, got == 0 ? "let through," : "refused,", got, expected);
	return expected == got;
}

static bool try_all(void)
{
	bool right = true;

	for (size_t i = 0; i < attempts_number; i++) {
		int got = in_child(call_under_filter, &attempts[i], NULL);

		right = report(attempts[i].name, i, attempts[i].error, got) && right;
	}
#ifdef __x86_64__
	right = report("getpid of i386", attempts_number, ENOSYS,
			in_child(call_of_i386, NULL, NULL)) &&
		right;
#endif
	return right;
}

/* Returns whether an attempt with the rule's call goes otherwise than expected without the rule. */
static bool noticed(const struct call_rule *rule)
{
	for (size_t i = 0; i < attempts_number; i++) {
		if (attempts[i].call != rule->call || (rule->except & attempts[i].kind))
			continue;
		if (in_child(call_under_filter, &attempts[i], rule) != attempts[i].error)
			return true;
	}
	return false;
}

static bool leave_out_each(void)
{
	bool right = true;

	for (size_t i = 0; i < call_rules_number; i++) {
		bool seen = noticed(&call_rules[i]);

		printf("%s rule %zu, %s: %s if it is left out\n", seen ? "ok" : "WRONG", i,
			call_rules[i].name, seen ? "noticed" : "nothing notices");
		right = right && seen;
	}
	return right;
}

int main(int argc, char *argv[])
{
	setlinebuf(stdout);
	if (argc == 2 && strcmp(argv[1], "rules") == 0)
		return leave_out_each() ? 0 : 1;
	return try_all() ? 0 : 1;
}
