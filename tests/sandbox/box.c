/* box.c - runs a stranger's program contained, and lets nothing of it outlive the box.
 *
 *	box CONTROL TIER UID [SETTING]... -- PROGRAM [ARG]...
 *
 * CONTROL is the number of an inherited SOCK_SEQPACKET socket to the grader, UID the user to run as (-1: stay).
 *
 * TIER	1  limits; no new privileges; a user of its own, if UID says so
 *	2  also only the files of read= and write=, and few ports and signals (Landlock), and few system calls (seccomp)
 *	3  also processes, network, files and IPC of its own (namespaces); Landlock only where there is one
 *
 * SETTING	cpu= as= fsize= nofile= nproc= ...=N	limits of each process, setrlimit(2)
 *		read=PATH write=PATH			what it may read and execute; and write
 *		memory=BYTES processes=N		limits of all processes together
 *		wall=SECONDS				how long it may take
 *
 * The box is the parent of all: a subreaper (prctl(2)), or in tier 3 the init of the namespace, so daemons and orphans
 * become its children and it reaps them. When the grader closes its side, or dies, the box kills all that is left, and
 * ends.
 *
 * To the grader	box PID		at first: the processes of the program are the descendants of this one
 *			end STATUS	the program has ended (STATUS as wait(2) gives it)
 *			over WHAT	all were killed: over memory, over processes, over wall
 *			socket		with a TCP socket attached, which can reach the program's ports
 * From the grader	socket
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include "confine.h"
#include "namespaces.h"

enum { LOOK_PERIOD = 100, LOOK_SHARE = 20, FAMILY_MAX = 16384 }; /* look every 100 ms, at most 1/20 of the time */

static struct {
	int control, tier;
	uid_t uid;
	char **settings, **command;
	unsigned long memory, processes, wall; /* 0: no limit. Bytes, number, milliseconds */
	pid_t program;
	bool signals_stay; /* the kernel keeps the signals of this process within the box */
} box;

/* --- the family: all processes below the box --------------------------------------------------------------------- */

static pid_t family[FAMILY_MAX]; /* the first is the box */
static size_t family_size;

static bool in_family(pid_t pid)
{
	for (size_t i = family_size; i-- > 0;)
		if (family[i] == pid)
			return true;
	return false;
}

static ssize_t read_file(const char *pid, const char *name, char *text, size_t size)
{
	char path[64];
	ssize_t length;
	int fd;

	snprintf(path, sizeof(path), "/proc/%.20s/%s", pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return -1;
	length = read(fd, text, size - 1);
	close(fd);
	text[length > 0 ? length : 0] = '\0';
	return length;
}

/* Returns the parent of a process, or 0. The name in the file may hold blanks and brackets: look behind the last. */
static pid_t parent_of(const char *pid)
{
	char line[1024], *after;

	if (read_file(pid, "stat", line, sizeof(line)) <= 0)
		return 0;
	after = strrchr(line, ')');
	return after == NULL ? 0 : (pid_t)strtol(after + 4, NULL, 10);
}

/* Returns the memory that a process has for itself or shares with its family. The libraries' pages are not counted. */
static unsigned long memory_of(const char *pid)
{
	static const char *const lines[] = {"\nRssAnon:", "\nRssShmem:", "\nVmPTE:"};
	char text[4096];
	unsigned long kilobytes = 0;

	if (read_file(pid, "status", text, sizeof(text)) <= 0)
		return 0;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		const char *line = strstr(text, lines[i]);

		kilobytes += line == NULL ? 0 : strtoul(line + strlen(lines[i]), NULL, 10);
	}
	return kilobytes << 10;
}

/* Adds those to the family whose parent is in it. A signal reaches them at once: a fork bomb leaves no time for a second
 * look. Returns the memory of those added. */
static unsigned long look_for_more(int signo)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	unsigned long memory = 0;

	if (proc == NULL)
		err(126, "/proc");
	while ((entry = readdir(proc)) != NULL && family_size < FAMILY_MAX) {
		pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);

		if (!isdigit(entry->d_name[0]) || in_family(pid) || !in_family(parent_of(entry->d_name)))
			continue;
		family[family_size++] = pid;
		if (signo != 0)
			kill(pid, signo);
		else
			memory += memory_of(entry->d_name);
	}
	closedir(proc);
	return memory;
}

/* Finds the family anew, signals it, and returns its memory. Numbers of processes wrap around: children may come first. */
static unsigned long look(int signo)
{
	unsigned long memory = 0;
	size_t before;

	family[0] = getpid();
	family_size = 1;
	do {
		before = family_size;
		memory += look_for_more(signo);
	} while (family_size > before && family_size < FAMILY_MAX);
	return memory;
}

/* Kills all processes of the box's user, at one blow: no fork(2) gets away. Returns whether it could. */
static bool kill_user(void)
{
	pid_t killer = fork();

	if (killer == 0) {
		become(box.uid);
		if (geteuid() == box.uid && getuid() == box.uid && box.uid != 0) /* else it would be the machine */
			kill(-1, SIGKILL);
		_exit(0);
	}
	return killer != -1 && waitpid(killer, NULL, 0) == killer;
}

/* Kills the family. Where the kernel cannot do it at one blow, all are stopped first: what is stopped cannot fork. */
static void kill_family(void)
{
	if ((box.tier == 3 && getpid() == 1) || box.signals_stay) {
		kill(-1, SIGKILL);
	} else if (box.tier == 3 || box.uid == (uid_t)-1 || !kill_user()) {
		look(SIGSTOP);
		look(SIGKILL);
	}
}

/* --- the grader -------------------------------------------------------------------------------------------------- */

static void tell(const char *word, long number)
{
	char message[64];

	snprintf(message, sizeof(message), "%s %ld", word, number);
	send(box.control, message, strlen(message), MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void give_socket(void)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(sizeof(int))];
	} attached = {
		.header = {.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof(int))}
	};
	struct iovec word = {.iov_base = "socket", .iov_len = 6};
	struct msghdr message = {.msg_iov = &word, .msg_iovlen = 1};

	if (fd != -1) {
		memcpy(CMSG_DATA(&attached.header), &fd, sizeof(fd));
		message.msg_control = &attached;
		message.msg_controllen = sizeof(attached.space);
	}
	sendmsg(box.control, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (fd != -1)
		close(fd);
}

/* Returns whether the grader is still there. */
static bool answer(void)
{
	char word[16];
	ssize_t length = recv(box.control, word, sizeof(word), MSG_DONTWAIT);

	if (length == 6 && memcmp(word, "socket", 6) == 0)
		give_socket();
	return length > 0 || (length == -1 && (errno == EAGAIN || errno == EINTR));
}

/* Reaps what has ended. Returns whether there are children left. */
static bool reap(void)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		if (pid == box.program)
			tell("end", status);
	return pid == 0;
}

/* The children of a process that is killed become the box's own, until there are none. */
static void end_family(void)
{
	struct timespec pause = {.tv_nsec = 500 * 1000};

	for (kill_family(); reap(); kill_family())
		nanosleep(&pause, NULL);
}

static unsigned long milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (unsigned long)now.tv_sec * 1000 + (unsigned long)now.tv_nsec / 1000000;
}

/* Returns which limit the family is over, or NULL. */
static const char *over(unsigned long elapsed)
{
	unsigned long memory = box.memory != 0 || box.processes != 0 ? look(0) : 0;

	if (box.wall != 0 && elapsed > box.wall)
		return "over wall";
	if (box.memory != 0 && memory > box.memory)
		return "over memory";
	if (box.processes != 0 && family_size > box.processes)
		return "over processes";
	return NULL;
}

/* Ends the family if it is over its limits. Returns the time of the next look. */
static unsigned long enforce(unsigned long began)
{
	unsigned long now = milliseconds(), took;
	const char *what = over(now - began);

	if (what != NULL) {
		tell(what, 0);
		end_family();
	}
	took = milliseconds() - now;
	return now + (took * LOOK_SHARE > LOOK_PERIOD ? took * LOOK_SHARE : LOOK_PERIOD);
}

/* Returns when the grader has closed its side. */
static void watch(int children)
{
	struct pollfd events[] = {
		{.fd = box.control, .events = POLLIN},
		       {.fd = children,	.events = POLLIN}
	 };
	unsigned long began = milliseconds(), next = began + LOOK_PERIOD;
	struct signalfd_siginfo info;

	for (;;) {
		unsigned long now = milliseconds();

		if (poll(events, 2, next > now ? (int)(next - now) : 0) == -1 && errno != EINTR)
			err(126, "poll");
		if (events[0].revents != 0 && !answer())
			return;
		if (events[1].revents != 0 && read(children, &info, sizeof(info)) > 0)
			reap();
		if (milliseconds() >= next)
			next = enforce(began);
	}
}

/* --- the start --------------------------------------------------------------------------------------------------- */

/* Nothing is inherited but standard input, output and error, and the control socket, which ends with exec. */
static void close_descriptors(void)
{
	struct dirent *entry;
	DIR *open_ones;

	if (box.control != 3 && dup2(box.control, 3) == -1)
		err(126, "control socket");
	box.control = 3;
	if (fcntl(3, F_SETFD, FD_CLOEXEC) == -1)
		err(126, "control socket");
	if (syscall(436 /* close_range */, 4, ~0U, 0) == 0)
		return;
	open_ones = opendir("/proc/self/fd");
	while (open_ones != NULL && (entry = readdir(open_ones)) != NULL)
		if (atoi(entry->d_name) > 3 && atoi(entry->d_name) != dirfd(open_ones))
			close(atoi(entry->d_name));
	if (open_ones != NULL)
		closedir(open_ones);
}

/* Tier 3: returns in the init of the new namespace. The process that was there before only waits for that one's end. */
static void become_init(void)
{
	pid_t init;

	die_first();
	new_namespaces(box.uid);
	init = fork();
	if (init == -1)
		err(126, "fork");
	if (init > 0) {
		tell("box", init);
		close(box.control);
		waitpid(init, NULL, 0);
		exit(0);
	}
	start_loopback();
	new_root(box.settings);
	become(box.uid);
	/* If the waiting process is gone already, this comes too late; then the grader closes its side all the same. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) == -1)
		err(126, "prctl");
}

static void parse(int argc, char *argv[])
{
	if (argc < 6)
		errx(126, "usage: box CONTROL TIER UID [SETTING]... -- PROGRAM [ARG]...");
	box.control = atoi(argv[1]);
	box.tier = atoi(argv[2]);
	box.uid = (uid_t)strtol(argv[3], NULL, 10);
	box.settings = box.command = argv + 4;
	for (; *box.command != NULL && strcmp(*box.command, "--") != 0; box.command++) {
		if (value_of(*box.command, "memory"))
			box.memory = strtoul(value_of(*box.command, "memory"), NULL, 10);
		if (value_of(*box.command, "processes"))
			box.processes = strtoul(value_of(*box.command, "processes"), NULL, 10);
		if (value_of(*box.command, "wall"))
			box.wall = strtoul(value_of(*box.command, "wall"), NULL, 10) * 1000;
	}
	if (*box.command == NULL || *++box.command == NULL)
		errx(126, "no program");
}

static void run_program(pid_t parent)
{
	sigset_t none;

	sigemptyset(&none);
	setsid();
	if (box.tier < 3)
		die_first();
	become(box.uid);
	drop_capabilities();
	set_limits(box.settings);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) == -1 || getppid() != parent)
		errx(126, "the box is gone");
	if (box.tier == 2 && landlock_version() == 0)
		errx(126, "no Landlock");
	if (box.tier >= 2 && landlock_version() > 0)
		landlock(box.settings, landlock_version());
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (box.tier >= 2)
		filter_calls();
	execv(box.command[0], box.command);
	err(126, "%s", box.command[0]);
}

/* Returns a descriptor that becomes readable when a child has ended. */
static int adopt_children(void)
{
	sigset_t chld;
	int children;

	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	children = signalfd(-1, &chld, SFD_CLOEXEC);
	if (children == -1 || sigprocmask(SIG_BLOCK, &chld, NULL) == -1 || prctl(PR_SET_CHILD_SUBREAPER, 1) == -1)
		err(126, "box");
	return children;
}

int main(int argc, char *argv[])
{
	int children;
	pid_t parent;

	parse(argc, argv);
	close_descriptors();
	setsid(); /* what a terminal sends the grader's group must not end the box before it has cleaned up */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		err(126, "no_new_privs");
	if (box.tier == 3)
		become_init();
	else
		tell("box", getpid());
	if (box.tier == 2 && box.uid == (uid_t)-1)
		box.signals_stay = landlock_signals(getppid());
	children = adopt_children();
	parent = getpid();
	box.program = fork();
	if (box.program == -1)
		err(126, "fork");
	if (box.program == 0)
		run_program(parent);
	watch(children);
	if (box.tier < 3)
		end_family();
	return 0; /* of an init: the kernel kills all that is in its namespace */
}
