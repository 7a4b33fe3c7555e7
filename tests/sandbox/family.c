/* family.c - see family.h.
 *
 * The descendants are found by their parents, in proc(5). A number alone is no proof: between the
 * look and the signal the process may have ended, and another one, a stranger, may have got its
 * number. So a process is its number together with the time of its start, and a signal goes
 * through a pidfd (pidfd_open(2)), which keeps meaning the process that it was opened for, once
 * that process has been seen to belong to the family.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "compat.h"
#include "family.h"
#include "privileges.h"
#include "proc.h"
#include "settings.h"

enum { FAMILY_MAX = 16384, PLACES = 2 * FAMILY_MAX, GENERATIONS_MAX = 16 };

#define PARENT "\nPPid:" /* in /proc/PID/status */

struct process {
	pid_t pid, parent;
	unsigned long long start; /* in clock ticks since the machine's start */
};

static struct process family[FAMILY_MAX]; /* the first is the box */
static size_t family_size;
/* Where in the family a number is, plus 1; 0: a free place. A number that does not find its own
 * place free, its remainder, has the next free one. */
static uint16_t places[PLACES];

static uint16_t *place_of(pid_t pid)
{
	size_t place = (size_t)pid % PLACES;

	while (places[place] != 0 && family[places[place] - 1].pid != pid)
		place = (place + 1) % PLACES;
	return &places[place];
}

static const struct process *member(pid_t pid)
{
	uint16_t place = *place_of(pid);

	return place == 0 ? NULL : &family[place - 1];
}

static void add_member(const struct process *process)
{
	uint16_t *place = place_of(process->pid);

	family[family_size++] = *process;
	*place = (uint16_t)family_size;
}

/* Makes the family consist of the box. */
static void forget_members(void)
{
	family_size = 0;
	memset(places, 0, sizeof(places));
	add_member(&(struct process){.pid = getpid()});
}

/* Returns whether there is a process of this number. Its name may hold blanks and brackets: look
 * behind the last. */
static bool read_process(pid_t pid, struct process *process)
{
	/* proc(5): 3 (state), 4 (parent), and so on up to 22 (start) */
	static const char fields[] = ") %*c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u "
				     "%*d %*d %*d %*d %*d %*d %llu";
	char line[1024], *after;
	int parent;

	if (!read_proc(pid, "stat", line, sizeof(line)))
		return false;
	after = strrchr(line, ')');
	if (after == NULL || sscanf(after, fields, &parent, &process->start) != 2)
		return false;
	process->pid = pid;
	process->parent = parent;
	return true;
}

/* Returns whether the number still means the process that was found, and its parent's number
 * still means a member. */
static bool still_in_family(const struct process *found)
{
	struct process now, parent;
	const struct process *known;

	if (!read_process(found->pid, &now) || now.start != found->start)
		return false;
	known = member(now.parent);
	if (known == NULL)
		return false;
	return known == family ||
	       (read_process(now.parent, &parent) && parent.start == known->start);
}

/* Before Linux 5.3, or where a container forbids pidfds. What is stopped, and its parent too,
 * keeps its number, so checking again after SIGSTOP is early enough: SIGKILL comes later, and
 * reaches the right process. */
static bool signal_by_number(const struct process *found, int signo)
{
	if (!still_in_family(found) || kill(found->pid, signo) == -1)
		return false;
	if (signo != SIGSTOP || still_in_family(found))
		return true;
	kill(found->pid, SIGCONT); /* the number had passed to a stranger: let it go on */
	return false;
}

/* Returns whether the signal was sent: not if the process has ended or is not in the family any
 * more. */
static bool signal_process(const struct process *found, int signo)
{
	int fd = (int)syscall(__NR_pidfd_open, found->pid, 0);
	bool sent;

	if (fd == -1)
		return errno != ESRCH && signal_by_number(found, signo);
	sent = still_in_family(found) && syscall(__NR_pidfd_send_signal, fd, signo, NULL, 0) == 0;
	close(fd);
	return sent;
}

/* Returns the memory that a process has for itself or shares with its family, of /proc/PID/status.
 * The libraries' pages are not counted. */
static unsigned long memory_in(const char *status)
{
	static const char *const lines[] = {
		"\nRssAnon:", "\nRssShmem:", "\nVmPTE:", "\nVmSwap:", "\nHugetlbPages:"};
	unsigned long kilobytes = 0;

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		kilobytes += number_in_status(status, lines[i]);
	return kilobytes << 10;
}

/* Returns the memory that a process has for its share of what it shares with others: after fork(2),
 * parent and child have the same pages until one of them writes. What hides counts in full. */
static unsigned long share_of_memory(pid_t pid)
{
	static const char *const lines[] = {"\nPss_Anon:", "\nPss_Shmem:", "\nSwapPss:",
		"\nPrivate_Hugetlb:", "\nShared_Hugetlb:"};
	unsigned long kilobytes = 0;
	char text[4096];

	if (!read_proc(pid, "smaps_rollup", text, sizeof(text)) ||
		strstr(text, lines[0]) == NULL) /* before Linux 5.4 */
		return read_proc(pid, "status", text, sizeof(text)) ? memory_in(text) : 0;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		kilobytes += number_in_status(text, lines[i]);
	return kilobytes << 10;
}

/* Adds a process to the family if its parent is in it, and its memory to `memory`. One file has
 * both: with thousands of processes, a second one would count. */
static void look_at(pid_t pid, unsigned long *memory)
{
	struct process found = {.pid = pid};
	char text[4096];

	if (!read_proc(pid, "status", text, sizeof(text)))
		return;
	found.parent = (pid_t)number_in_status(text, PARENT);
	if (member(found.parent) == NULL)
		return;
	add_member(&found);
	*memory += memory_in(text);
}

bool descends_from_box(pid_t pid)
{
	char text[4096];

	for (int generation = 0; generation < GENERATIONS_MAX; generation++) {
		if (!read_proc(pid, "status", text, sizeof(text)))
			return false;
		pid = (pid_t)number_in_status(text, PARENT);
		if (pid == getpid())
			return true;
	}
	return false;
}

/* The same, but sends it a signal instead: at once, for a fork bomb leaves no time for a second
 * look. */
static void signal_at(pid_t pid, int signo)
{
	struct process found;

	if (read_process(pid, &found) && member(found.parent) != NULL &&
		signal_process(&found, signo))
		add_member(&found);
}

/* Adds to the family the processes whose parent is in it. Returns their memory, which is not asked
 * for where there is a signal. Stops if `go_on`, which is asked before each process, says so. */
static unsigned long find_children(int signo, bool (*go_on)(void))
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	unsigned long memory = 0;

	if (proc == NULL)
		err(EXIT_BOX_FAILED, "/proc");
	while ((entry = readdir(proc)) != NULL && family_size < FAMILY_MAX) {
		pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);

		if (!isdigit((unsigned char)entry->d_name[0]) || member(pid) != NULL)
			continue;
		if (go_on != NULL && !go_on())
			break;
		if (signo == 0)
			look_at(pid, &memory);
		else
			signal_at(pid, signo);
	}
	closedir(proc);
	return memory;
}

/* Finds the family anew, signals it (0: does not), and returns its memory. Numbers of processes
 * wrap around: children may come before their parents, and one pass is not enough. */
static unsigned long find_family(int signo, bool (*go_on)(void))
{
	unsigned long memory = 0;
	size_t before;

	forget_members();
	do {
		before = family_size;
		memory += find_children(signo, go_on);
	} while (family_size > before && family_size < FAMILY_MAX && (go_on == NULL || go_on()));
	return memory;
}

struct usage use_of_family(bool (*go_on)(void))
{
	unsigned long memory = find_family(0, go_on);

	return (struct usage){.processes = family_size, .memory = memory};
}

unsigned long memory_of_family(bool (*go_on)(void))
{
	unsigned long memory = 0;

	for (size_t i = 1; i < family_size && go_on(); i++) /* the first one is the box */
		memory += share_of_memory(family[i].pid);
	return memory;
}

/* Kills all processes of a user at once, so that no fork(2) escapes. Returns whether it could. */
static bool kill_user(uid_t uid)
{
	int status;
	pid_t killer = fork();

	if (killer == 0) {
		become(uid);
		if (geteuid() != uid || getuid() != uid || uid == 0) /* never all of root's */
			_exit(EXIT_BOX_FAILED);
		kill(-1, SIGKILL);
		_exit(0);
	}
	if (killer == -1 || waitpid(killer, &status, WUNTRACED) != killer)
		return false;
	if (WIFSTOPPED(status)) { /* by one of those it was to kill */
		kill(killer, SIGKILL);
		waitpid(killer, NULL, 0);
	}
	return status == 0;
}

void kill_family(enum reach reach, uid_t uid)
{
	if (reach == REACH_ALL) {
		kill(-1, SIGKILL);
	} else if (reach == REACH_FOUND || !kill_user(uid)) {
		find_family(SIGSTOP, NULL); /* what is stopped cannot fork */
		find_family(SIGKILL, NULL);
	}
}
