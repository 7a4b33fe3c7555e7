/* without.c - runs a command on a poorer machine: some system calls fail, as in a container or on
 * an old kernel.
 *
 *	without CALL=ERROR... -- COMMAND [ARG]...	CALL and ERROR are numbers
 *
 * CALL:BITS=ERROR is for those calls only that have one of the bits in their second argument. For
 * seccomp(2) these are the flags.
 */
#include <err.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

static void install(struct sock_fprog *program)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		err(2, "no_new_privs");
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, program) == -1)
		err(2, "filter");
}

/* Adds what makes a call fail, and leaves the call's number in the accumulator. Returns the new
 * length. */
static unsigned short add(
	struct sock_filter filter[], unsigned short length, const char *call, unsigned int error)
{
	const char *bits = strchr(call, ':');
	const struct sock_filter more[] = {
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned int)atoi(call), 0, 4),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[1])),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, bits ? (unsigned int)atoi(bits + 1) : 0, 0,
			bits ? 1 : 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	};

	memcpy(filter + length, more, sizeof(more));
	return length + (unsigned short)(sizeof(more) / sizeof(more[0]));
}

int main(int argc, char *argv[])
{
	struct sock_filter filter[64] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr))};
	struct sock_fprog program = {.filter = filter};
	unsigned short length = 1;
	char **word = argv + 1;

	for (; word < argv + argc && strcmp(*word, "--") != 0 && length < 50; word++) {
		char *error = strchr(*word, '=');

		if (error == NULL)
			errx(2, "usage: without CALL=ERROR... -- COMMAND [ARG]...");
		length = add(filter, length, *word, (unsigned int)atoi(error + 1));
	}
	filter[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	program.len = length;
	if (word >= argv + argc - 1)
		errx(2, "no command");
	install(&program);
	execvp(word[1], word + 1);
	err(2, "%s", word[1]);
}
