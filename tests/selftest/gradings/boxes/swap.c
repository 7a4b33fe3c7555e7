/* swap.c - gives the number of a process to a stranger at the moment when the box signals it.
 *
 *	swap MOMENT BOX...	BOX... is a command that runs box.c, as far as its name
 *	swap family		(what it runs in the box)
 *
 * Prints what became of the stranger: "unharmed", "stopped" or "killed". Status 77: this machine
 * does not allow it. In a PID namespace of its own, where it can choose numbers
 * (pid_namespaces(7), ns_last_pid), this runs a box with a program in it that has a child. When
 * the box is about to stop the child, at the start of a call (ptrace(2)), the child is killed and
 * a stranger gets its number. MOMENT is the call: "open", pidfd_open(2), or "send",
 * pidfd_send_signal(2) or kill(2). Later, before SIGKILL, all that could reap it is stopped.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "../../../sandbox/compat.h"

enum { BOX = 2, PROGRAM, VICTIM, NOT_HERE = 77, WORDS_MAX = 32, CONTROL = 12 };

/* Makes the next process of the namespace get this number, if it is free. */
static void choose_number(pid_t pid)
{
	FILE *file = fopen("/proc/sys/kernel/ns_last_pid", "we");

	if (file == NULL || fprintf(file, "%d", pid - 1) < 0 || fclose(file) == EOF)
		err(NOT_HERE, "ns_last_pid");
}

/* Its child vanishes when it is killed, even while the parent is stopped: signal(7), SIG_IGN. */
static void be_family(void)
{
	signal(SIGCHLD, SIG_IGN);
	if (fork() != 0 && write(STDOUT_FILENO, "c", 1) != 1)
		exit(1);
	for (;;)
		pause();
}

/* The number is free a moment after the process is gone: try again until it is. */
static void start_stranger(void)
{
	pid_t pid;

	kill(VICTIM, SIGKILL);
	while (kill(VICTIM, 0) == 0)
		usleep(100);
	for (choose_number(VICTIM); (pid = fork()) != VICTIM; choose_number(VICTIM)) {
		if (pid == -1)
			err(2, "fork");
		if (pid == 0 && getpid() == VICTIM)
			break;
		if (pid == 0)
			_exit(0);
		waitpid(pid, NULL, 0);
	}
	while (pid == 0)
		pause();
}

/* Returns whether the box is about to do that to the victim. It has looked at it just before. */
static bool is_moment(const char *moment)
{
	static uint64_t opened; /* the process that pidfd_open was called for the last time */
	struct __ptrace_syscall_info call;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, BOX, sizeof(call), &call) == -1)
		err(NOT_HERE, "ptrace");
	if (call.op != PTRACE_SYSCALL_INFO_ENTRY)
		return false;
	if (call.entry.nr == __NR_pidfd_open) {
		opened = call.entry.args[0];
		return strcmp(moment, "open") == 0 && opened == VICTIM;
	}
	if (strcmp(moment, "send") != 0)
		return false;
	return (call.entry.nr == __NR_kill && call.entry.args[0] == VICTIM) ||
	       (call.entry.nr == __NR_pidfd_send_signal && opened == VICTIM);
}

/* Follows the box's calls to its end. Returns whether the moment has come. */
static bool follow(const char *moment)
{
	bool swapped = false;
	int status;

	while (waitpid(BOX, &status, __WALL) == BOX && WIFSTOPPED(status)) {
		int number = WSTOPSIG(status);

		if (number == (SIGTRAP | 0x80) && !swapped && is_moment(moment)) {
			start_stranger();
			swapped = true;
		}
		/* What is no stop of ptrace's own is a signal, which the box gets. */
		if (number == (SIGTRAP | 0x80) || status >> 16 != 0)
			number = 0;
		ptrace(PTRACE_SYSCALL, BOX, NULL, number);
	}
	return swapped;
}

static const char *state_of_stranger(void)
{
	siginfo_t info = {0};

	/* Only the box sends it signals, and the box is gone. */
	if (waitid(P_PID, VICTIM, &info, WEXITED | WSTOPPED | WCONTINUED | WNOHANG) == -1)
		err(2, "stranger");
	if (info.si_pid == 0 || info.si_code == CLD_CONTINUED)
		return "unharmed";
	return info.si_code == CLD_STOPPED ? "stopped" : "killed";
}

/* Starts the box, and waits until the program has its child. Returns the control socket. */
static int start_box(char **words)
{
	int control[2], output[2];
	char word;
	pid_t box;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, control) == -1 || pipe(output) == -1)
		err(2, "socketpair");
	box = fork();
	if (box == 0) {
		if (dup2(output[1], STDOUT_FILENO) == -1 || dup2(control[1], CONTROL) == -1)
			err(2, "dup2");
		execv(words[0], words);
		err(2, "%s", words[0]);
	}
	close(control[1]);
	close(output[1]);
	if (box != BOX || read(output[0], &word, 1) != 1)
		errx(2, "the box has not started");
	return control[0];
}

static int be_init(const char *moment, char **words)
{
	int control;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == -1)
		err(NOT_HERE, "mounts");
	if (mount("proc", "/proc", "proc", 0, NULL) == -1)
		err(NOT_HERE, "mount /proc");
	control = start_box(words);
	if (ptrace(PTRACE_SEIZE, BOX, NULL, PTRACE_O_TRACESYSGOOD) == -1)
		err(NOT_HERE, "ptrace");
	if (ptrace(PTRACE_INTERRUPT, BOX, NULL, NULL) == -1)
		err(NOT_HERE, "ptrace");
	close(control);
	if (!follow(moment))
		errx(2, "the box has not done that");
	if (kill(PROGRAM, 0) == 0)
		errx(2, "the box has left the program alone");
	puts(state_of_stranger());
	return 0;
}

/* Returns whether the next child is the init of a new PID namespace. */
static bool unshare_numbers(int more)
{
	return unshare(CLONE_NEWPID | CLONE_NEWNS | more) == 0;
}

int main(int argc, char *argv[])
{
	char *words[WORDS_MAX] = {NULL}, self[] = "/proc/self/exe";
	char *rest[] = {"12", "1", "-1", "--", self, "family"};
	int status, number = 0;

	if (argc == 2 && strcmp(argv[1], "family") == 0)
		be_family();
	if (argc < 3 || argc > 16)
		errx(2, "usage: swap MOMENT BOX...");
	for (char **word = argv + 2; *word != NULL; word++)
		words[number++] = *word;
	memcpy(words + number, rest, sizeof(rest));
	words[number + 4] = realpath(self, NULL);
	if (!unshare_numbers(0) && !unshare_numbers(CLONE_NEWUSER))
		err(NOT_HERE, "namespaces");
	if (fork() == 0)
		exit(be_init(argv[1], words));
	wait(&status);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 2;
}
