/* box.c - runs a stranger's program within limits, and lets nothing of it outlive the box.
 *
 *	box CONTROL UID [LIMIT=N]... -- PROGRAM [ARG]...
 *
 * CONTROL is the number of an inherited SOCK_SEQPACKET socket to the grader, UID the user to run as (-1: stay). The box
 * stays behind as the parent of all: it is a subreaper (prctl(2)), so daemons and orphans become its children and it
 * reaps them. It sends "end STATUS" when the program has ended (STATUS as wait(2) gives it). When the grader closes its
 * side, or dies, the box kills all that is left, and ends.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct {
	const char *name;
	int resource;
} limits[] = {
	{"cpu", RLIMIT_CPU}, {"as", RLIMIT_AS}, {"fsize", RLIMIT_FSIZE}, {"nofile", RLIMIT_NOFILE},
	{"nproc", RLIMIT_NPROC}, {"core", RLIMIT_CORE},
};

static void set_limit(const char *setting)
{
	const char *value = strchr(setting, '=');

	for (size_t i = 0; value != NULL && i < sizeof(limits) / sizeof(limits[0]); i++) {
		rlim_t number = strtoul(value + 1, NULL, 10);
		struct rlimit limit = {number, number};

		if (strncmp(setting, limits[i].name, (size_t)(value - setting)) != 0)
			continue;
		if (setrlimit(limits[i].resource, &limit) == -1)
			err(126, "limit %s", setting);
		return;
	}
	errx(126, "not a limit: %s", setting);
}

static void become(uid_t uid)
{
	if (uid == (uid_t)-1)
		return;
	if (setgroups(0, NULL) == -1 || setresgid(uid, uid, uid) == -1 || setresuid(uid, uid, uid) == -1)
		err(126, "user %u", uid);
}

/* Returns the parent of a process, or 0. The name in the file may hold blanks and brackets: look behind the last. */
static pid_t parent_of(const char *pid)
{
	char path[64], line[1024];
	ssize_t length;
	char *after;
	int fd;

	snprintf(path, sizeof(path), "/proc/%.20s/stat", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return 0;
	length = read(fd, line, sizeof(line) - 1);
	close(fd);
	line[length > 0 ? length : 0] = '\0';
	after = strrchr(line, ')');
	return after == NULL ? 0 : (pid_t)strtol(after + 4, NULL, 10);
}

static void kill_children(void)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;

	if (proc == NULL)
		err(126, "/proc");
	while ((entry = readdir(proc)) != NULL)
		if (isdigit(entry->d_name[0]) && parent_of(entry->d_name) == getpid())
			kill((pid_t)strtol(entry->d_name, NULL, 10), SIGKILL);
	closedir(proc);
}

/* The children of a child that is killed become the box's own (it is their subreaper), until there are none. */
static void end_tree(void)
{
	do
		kill_children();
	while (waitpid(-1, NULL, 0) != -1 || errno != ECHILD);
}

static void reap(int control, pid_t program)
{
	char message[32];
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid != program)
			continue;
		snprintf(message, sizeof(message), "end %d", status);
		send(control, message, strlen(message), MSG_NOSIGNAL);
	}
}

static void watch(int control, int children, pid_t program)
{
	struct signalfd_siginfo info;
	struct pollfd events[] = {{.fd = control, .events = POLLIN}, {.fd = children, .events = POLLIN}};

	for (;;) {
		if (poll(events, 2, -1) == -1 && errno != EINTR)
			err(126, "poll");
		if (events[0].revents != 0)
			return;
		if (events[1].revents != 0 && read(children, &info, sizeof(info)) > 0)
			reap(control, program);
	}
}

int main(int argc, char *argv[])
{
	int control = argc > 3 ? atoi(argv[1]) : -1;
	uid_t uid = argc > 3 ? (uid_t)strtol(argv[2], NULL, 10) : 0;
	char **next = argv + 3;
	sigset_t chld;
	pid_t box = getpid(), program;
	int children;

	if (argc < 5 || fcntl(control, F_SETFD, FD_CLOEXEC) == -1)
		errx(126, "usage: box CONTROL UID [LIMIT=N]... -- PROGRAM [ARG]...");
	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	children = signalfd(-1, &chld, SFD_CLOEXEC);
	if (children == -1 || sigprocmask(SIG_BLOCK, &chld, NULL) == -1 || prctl(PR_SET_CHILD_SUBREAPER, 1) == -1)
		err(126, "box");
	program = fork();
	if (program == -1)
		err(126, "fork");
	if (program == 0) {
		setsid();
		become(uid);
		for (; *next != NULL && strcmp(*next, "--") != 0; next++)
			set_limit(*next);
		if (prctl(PR_SET_PDEATHSIG, SIGKILL) == -1 || getppid() != box)
			errx(126, "the box is gone");
		sigprocmask(SIG_UNBLOCK, &chld, NULL);
		execv(next[1], next + 1);
		err(126, "%s", next[1]);
	}
	watch(control, children, program);
	end_tree();
	return 0;
}
