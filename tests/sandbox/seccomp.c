/* seccomp.c - see seccomp.h. Compiles the rules to a program for the kernel's BPF machine, which
 * has one register, the accumulator; seccomp(2) shows one by hand. */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "compat.h"
#include "seccomp.h"
#include "seccomp_rules.h"
#include "settings.h"

/* What emit_rule() makes of a rule at most, and what is before and behind the rules. */
enum { PER_RULE = 6, AROUND = 8, INSTRUCTIONS_MAX = 4096 /* of the kernel: BPF_MAXINSNS */ };

static struct sock_filter instructions[INSTRUCTIONS_MAX];
static struct sock_fprog program = {.filter = instructions};

/* Jumps count the instructions to leave out if the comparison is true, and if it is false. */
static void emit(unsigned int code, unsigned int value, unsigned int if_true, unsigned int if_false)
{
	instructions[program.len++] =
		(struct sock_filter){(uint16_t)code, (uint8_t)if_true, (uint8_t)if_false, value};
}

static void emit_end(int error)
{
	unsigned int action = error == 0 ? SECCOMP_RET_ALLOW : SECCOMP_RET_ERRNO;

	emit(BPF_RET | BPF_K, action | (unsigned int)error, 0, 0);
}

static void emit_load(size_t offset)
{
	emit(BPF_LD | BPF_W | BPF_ABS, (unsigned int)offset, 0, 0);
}

/* Between rules the accumulator holds the number of the call. */
static void emit_rule(const struct call_rule *rule)
{
	if (rule->mask == 0) {
		emit(BPF_JMP | BPF_JEQ | BPF_K, rule->call, 0, 1);
		emit_end(rule->error);
		return;
	}
	emit(BPF_JMP | BPF_JEQ | BPF_K, rule->call, 0, 5);
	emit_load(offsetof(struct seccomp_data, args) + sizeof(uint32_t) * rule->word);
	emit(BPF_ALU | BPF_AND | BPF_K, rule->mask, 0, 0);
	emit(BPF_JMP | BPF_JEQ | BPF_K, rule->value, rule->unless, !rule->unless);
	emit_end(rule->error);
	emit_load(offsetof(struct seccomp_data, nr));
}

const struct sock_fprog *seccomp_filter(void)
{
	if (program.len != 0)
		return &program;
	if (call_rules_number * PER_RULE + AROUND > INSTRUCTIONS_MAX)
		errx(EXIT_BOX_FAILED, "seccomp: too many rules");
	emit_load(offsetof(struct seccomp_data, arch));
	/* The calls of other architectures have other numbers. */
	emit(BPF_JMP | BPF_JEQ | BPF_K, SECCOMP_ARCHITECTURE, 1, 0);
	emit_end(ENOSYS);
	emit_load(offsetof(struct seccomp_data, nr));
	emit(BPF_JMP | BPF_JGT | BPF_K, newest_call, 0, 1);
	emit_end(ENOSYS);
	for (size_t i = 0; i < call_rules_number; i++)
		emit_rule(&call_rules[i]);
	emit_end(0);
	return &program;
}

static bool install(unsigned long flags)
{
	return syscall(__NR_seccomp, SECCOMP_SET_MODE_FILTER, flags, seccomp_filter()) == 0;
}

void filter_calls(void)
{
	if (SECCOMP_ARCHITECTURE == 0)
		errx(EXIT_BOX_FAILED, "seccomp: not on this architecture");
	/* A filter must not make the program slow: it needs no protection from itself
	 * (seccomp(2)). Since Linux 4.17. */
	if (!install(SECCOMP_FILTER_FLAG_SPEC_ALLOW) && !install(0))
		err(EXIT_BOX_FAILED, "seccomp");
}
