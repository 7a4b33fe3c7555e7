/* seccomp.c - see seccomp.h. Compiles the rules to a program for the kernel's BPF machine, which
 * has one register, the accumulator; seccomp(2) shows one by hand. */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>
#include "compat.h"
#include "seccomp.h"
#include "seccomp_rules.h"
#include "settings.h"

/* What emit_rule() makes of a rule at most, and what is before and behind the rules. */
enum { PER_RULE = 6, AROUND = 8, INSTRUCTIONS_MAX = 4096 /* of the kernel: BPF_MAXINSNS */ };

static struct sock_filter instructions[INSTRUCTIONS_MAX];
static struct sock_fprog filter_program = {.filter = instructions};

/* Jumps count the instructions to leave out if the comparison is true, and if it is false. */
static void emit(unsigned int code, unsigned int value, unsigned int if_true, unsigned int if_false)
{
	instructions[filter_program.len++] =
		(struct sock_filter){(uint16_t)code, (uint8_t)if_true, (uint8_t)if_false, value};
}

static void emit_end(int error)
{
	unsigned int action = error == 0 ? SECCOMP_RET_ALLOW : SECCOMP_RET_ERRNO;

	emit(BPF_RET | BPF_K, action | (error == PRETENDED ? 0 : (unsigned int)error), 0, 0);
}

static void emit_decision(const struct call_rule *rule, unsigned int kind)
{
	bool refuses = rule->error != 0 && rule->error != PRETENDED;

	if (refuses && (kind & FILTER_TOLD) && !rule->silent)
		emit(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF, 0, 0);
	else
		emit_end(rule->error);
}

static void emit_load(size_t offset)
{
	emit(BPF_LD | BPF_W | BPF_ABS, (unsigned int)offset, 0, 0);
}

/* Between rules the accumulator holds the number of the call. */
static void emit_rule(const struct call_rule *rule, unsigned int kind)
{
	if (rule->mask == 0) {
		emit(BPF_JMP | BPF_JEQ | BPF_K, rule->call, 0, 1);
		emit_decision(rule, kind);
		return;
	}
	emit(BPF_JMP | BPF_JEQ | BPF_K, rule->call, 0, 5);
	emit_load(offsetof(struct seccomp_data, args) + sizeof(uint32_t) * rule->word);
	emit(BPF_ALU | BPF_AND | BPF_K, rule->mask, 0, 0);
	emit(BPF_JMP | BPF_JEQ | BPF_K, rule->value, rule->unless, !rule->unless);
	emit_decision(rule, kind);
	emit_load(offsetof(struct seccomp_data, nr));
}

static void emit_rules(unsigned int kind)
{
	if (call_rules_number * PER_RULE + AROUND > INSTRUCTIONS_MAX)
		errx(EXIT_BOX_FAILED, "seccomp: too many rules");
	emit(BPF_JMP | BPF_JGT | BPF_K, newest_call, 0, 1);
	emit_end(ENOSYS);
	for (size_t i = 0; i < call_rules_number; i++)
		if (!(call_rules[i].except & kind))
			emit_rule(&call_rules[i], kind);
}

/* Behind the rules: what they refuse needs no listener. */
static void emit_told_calls(unsigned int kind)
{
	for (size_t i = 0; i < told_calls_number; i++) {
		if (!(told_calls[i].filter & kind) || (told_calls[i].except & kind))
			continue;
		emit(BPF_JMP | BPF_JEQ | BPF_K, told_calls[i].call, 0, 1);
		emit(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF, 0, 0);
	}
}

const struct sock_fprog *seccomp_filter(unsigned int kind)
{
	filter_program.len = 0;
	emit_load(offsetof(struct seccomp_data, arch));
	/* The calls of other architectures have other numbers. */
	emit(BPF_JMP | BPF_JEQ | BPF_K, SECCOMP_ARCHITECTURE, 1, 0);
	emit_end(kind & FILTER_RULES ? ENOSYS : 0);
	emit_load(offsetof(struct seccomp_data, nr));
	if (kind & FILTER_RULES)
		emit_rules(kind);
	emit_told_calls(kind);
	emit_end(0);
	return &filter_program;
}

const struct call_rule *rule_for(const struct seccomp_data *call, unsigned int kind)
{
	if (!(kind & FILTER_RULES))
		return NULL;
	for (size_t i = 0; i < call_rules_number; i++) {
		const struct call_rule *rule = &call_rules[i];
		uint64_t argument = call->args[rule->word / 2] >> (rule->word % 2 * 32);
		bool same = ((uint32_t)argument & rule->mask) == rule->value;

		if (rule->call == (unsigned int)call->nr && !(rule->except & kind) &&
			(rule->mask == 0 || same != rule->unless))
			return rule;
	}
	return NULL;
}

/* Returns a descriptor if the flags ask for a listener, otherwise 0; -1 if it fails. */
static int install(unsigned int kind, unsigned long flags)
{
	return (int)syscall(__NR_seccomp, SECCOMP_SET_MODE_FILTER, flags, seccomp_filter(kind));
}

/* Before Linux 5.5 a listener cannot let a call go on. */
static bool listener_can_decide(void)
{
	struct utsname machine;
	int major, minor;

	if (uname(&machine) == -1 || sscanf(machine.release, "%d.%d", &major, &minor) != 2)
		return false;
	return major > 5 || (major == 5 && minor >= 5);
}

/* Returns -1 if there can be none: also if the kernel is told by another one already, outside
 * (a container's). */
static int install_with_listener(unsigned int kind, bool *patient)
{
	unsigned long flags = SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_SPEC_ALLOW;
	int listener;

	if (SECCOMP_ARCHITECTURE == 0 || !listener_can_decide())
		return -1;
	listener = install(kind, flags | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV);
	*patient = listener != -1;
	return listener != -1 ? listener : install(kind, flags);
}

int filter_calls(unsigned int kind, bool *patient)
{
	unsigned int alone = kind & ~(unsigned int)(FILTER_TOLD | FILTER_FAULTS);
	int listener = kind != alone ? install_with_listener(kind, patient) : -1;

	if (listener != -1 || !(kind & FILTER_RULES))
		return listener;
	if (SECCOMP_ARCHITECTURE == 0)
		errx(EXIT_BOX_FAILED, "seccomp: not on this architecture");
	/* A filter must not make the program slow: it needs no protection from itself
	 * (seccomp(2)). Since Linux 4.17. */
	if (install(alone, SECCOMP_FILTER_FLAG_SPEC_ALLOW) == -1 && install(alone, 0) == -1)
		err(EXIT_BOX_FAILED, "seccomp");
	return -1;
}
