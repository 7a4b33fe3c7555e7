/* without.c - runs a command on a poorer machine: some system calls fail, as in a container or on
 * an old kernel.
 *
 *	without CALL=ERROR... -- COMMAND [ARG]...	CALL and ERROR are numbers
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

int main(int argc, char *argv[])
{
	struct sock_filter filter[64] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr))};
	struct sock_fprog program = {.filter = filter};
	unsigned short length = 1;
	char **word = argv + 1;

	for (; word < argv + argc && strcmp(*word, "--") != 0 && length < 62; word++) {
		char *error = strchr(*word, '=');

		if (error == NULL)
			errx(2, "usage: without CALL=ERROR... -- COMMAND [ARG]...");
		filter[length++] = (struct sock_filter)BPF_JUMP(
			BPF_JMP | BPF_JEQ | BPF_K, (unsigned int)atoi(*word), 0, 1);
		filter[length++] = (struct sock_filter)BPF_STMT(
			BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned int)atoi(error + 1));
	}
	filter[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	program.len = length;
	if (word >= argv + argc - 1)
		errx(2, "no command");
	install(&program);
	execvp(word[1], word + 1);
	err(2, "%s", word[1]);
}
