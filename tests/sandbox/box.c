/* box.c - runs a stranger's program contained, and lets nothing of it outlive the box.
 *
 *	box CONTROL TIER UID [SETTING]... -- PROGRAM [ARG]...
 *
 * CONTROL is the number of an inherited SOCK_SEQPACKET socket to the grader, UID the user to run
 * as (-1: stay).
 *
 * TIER	1  limits; no new privileges; a user of its own, if UID says so
 *	2  also only the files of read= and write=, few ports and signals (Landlock), and few
 *	   system calls (seccomp)
 *	3  also processes, network, files and IPC of its own (namespaces); Landlock only where
 *	   the kernel has it
 *
 * SETTING	cpu= as= fsize= nofile= nproc= ...=N	limits of each process, setrlimit(2)
 *		read=PATH write=PATH			what it may read; and also write
 *		memory=BYTES processes=N		limits of all processes together
 *		wall=SECONDS				how long it may take
 *		faults=1				inject and hold are wanted
 *		preload=PATH				a library for the program: ld.so(8)
 *
 * The box is the parent of all: a subreaper (prctl(2)), or in tier 3 the init of the namespace,
 * so daemons and orphans become its children and it reaps them. When the grader closes its side,
 * or dies, the box kills all that is left, and ends.
 *
 * To the grader	box PID		at first: the program's processes are its descendants
 *			end STATUS	the program has ended (STATUS as wait(2) gives it)
 *			over WHAT	all were killed: over memory, over processes, over wall
 *			sockets		with TCP sockets attached that can reach its ports
 *			nosocket ERRNO	there is none
 *			inject 1, hold 1, injected NUMBER, sync TAKEN_BACK	(0: it cannot)
 *			refused NAME NUMBER...
 * From the grader	sockets NUMBER
 *			inject KIND ERRNO SKIP TIMES, hold KIND 1, hold KIND 0, injected KIND
 *			sync		answer when all calls that wait have been answered
 *			refused		answer with the names of the calls that it refused
 * injection.h says what these are; the grader waits for each answer before it asks again.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "control.h"
#include "family.h"
#include "injection.h"
#include "ipc.h"
#include "landlock.h"
#include "listener.h"
#include "namespaces.h"
#include "privileges.h"
#include "requests.h"
#include "rlimits.h"
#include "root_directory.h"
#include "settings.h"
#include "start.h"

/* The box looks at the family every LOOK_PERIOD milliseconds, and spends at most 1/LOOK_SHARE of
 * the time on that. */
enum { LOOK_PERIOD = 100, LOOK_SHARE = 20, NEVER = 0 };

/* Tier 3: the first number of a process is one of so many from here on. Where numbers begin at 1,
 * a server whose table has an entry for each of the first thousands looks right. */
enum { FIRST_NUMBER = 1 << 16, NUMBERS = 20000 };

static struct settings settings;
static pid_t program;
static enum reach reach;

/* ---- while the program runs ---- */

/* Reaps what has ended. Returns whether there are children left. */
static bool reap(void)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		if (pid == program)
			tell("end", status);
	return pid == 0;
}

/* The children of a process that is killed become the box's own, until there are none. */
static void end_family(void)
{
	struct timespec pause = {.tv_nsec = 500 * 1000};

	for (kill_family(reach, settings.uid); reap(); kill_family(reach, settings.uid))
		nanosleep(&pause, NULL);
}

static unsigned long milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (unsigned long)now.tv_sec * 1000 + (unsigned long)now.tv_nsec / 1000000;
}

/* Does what cannot wait. Returns false if the grader has closed its side. */
static bool attend(void)
{
	answer_calls(A_FEW_CALLS);
	return answer_request();
}

/* Returns which limit the family is over, or NULL. */
static const char *over(unsigned long elapsed)
{
	struct usage use = {0};

	if (settings.memory != 0 || settings.processes != 0)
		use = use_of_family(attend);
	if (settings.memory != 0 && use.memory > settings.memory)
		use.memory = memory_of_family(attend);
	if (settings.tier == 3)
		use.memory += memory_of_ipc();
	if (settings.wall != 0 && elapsed > settings.wall)
		return "over wall";
	if (settings.memory != 0 && use.memory > settings.memory)
		return "over memory";
	if (settings.processes != 0 && use.processes > settings.processes)
		return "over processes";
	return NULL;
}

/* Ends the family if it is over its limits. Returns the time of the next look: NEVER if no
 * process is left. */
static unsigned long enforce(unsigned long began)
{
	unsigned long now = milliseconds(), took;
	const char *what = over(now - began);

	if (what != NULL) {
		tell(what, 0);
		end_family();
		return NEVER;
	}
	took = milliseconds() - now;
	return now + (took * LOOK_SHARE > LOOK_PERIOD ? took * LOOK_SHARE : LOOK_PERIOD);
}

/* Returns how long poll(2) may wait: -1 is for ever. */
static int wait_until(unsigned long next)
{
	unsigned long now = milliseconds();

	if (next == NEVER)
		return -1;
	return next > now ? (int)(next - now) : 0;
}

/* Returns when the grader has closed its side. */
static void watch(int children)
{
	struct pollfd events[] = {
		{.fd = grader_descriptor()},
		{.fd = children, .events = POLLIN},
		{.events = POLLIN},
	};
	unsigned long began = milliseconds(), next = began + LOOK_PERIOD;
	struct signalfd_siginfo info;

	for (;;) {
		events[0].events = grader_events();
		events[2].fd = listener_descriptor();
		if (poll(events, 3, wait_until(next)) == -1 && errno != EINTR)
			err(EXIT_BOX_FAILED, "poll");
		send_waiting();
		if (!attend())
			return;
		if (events[1].revents != 0 && read(children, &info, sizeof(info)) > 0)
			reap();
		if (next != NEVER && milliseconds() >= next)
			next = enforce(began);
	}
}

/* ---- the start ---- */

/* While a call waits for the box, a signal can take it back, and then even fork() fails with EINTR:
 * let it wait for a few microseconds only. */
static void hurry(void)
{
	if (settings.faults)
		run_at_once();
}

/* Tier 3: returns in the init of the new namespace. The process that was there before only waits
 * for that one's end. */
static void become_init(void)
{
	pid_t init;

	die_first();
	new_namespaces(settings.uid);
	init = fork();
	if (init == -1)
		err(EXIT_BOX_FAILED, "fork");
	if (init > 0) {
		tell("box", init);
		leave_grader();
		waitpid(init, NULL, 0);
		exit(0);
	}
	hurry();
	start_loopback();
	begin_numbers_at(FIRST_NUMBER + (pid_t)(milliseconds() % NUMBERS));
	new_root(settings.list);
	drop_bounding_set();
	become(settings.uid);
	/* If the waiting process is gone already, this comes too late; then the grader closes its
	 * side anyway. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) == -1)
		err(EXIT_BOX_FAILED, "prctl");
}

/* Returns a descriptor that becomes readable when a child has ended. */
static int adopt_children(void)
{
	sigset_t chld;
	int children;

	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	children = signalfd(-1, &chld, SFD_CLOEXEC);
	if (children == -1 || sigprocmask(SIG_BLOCK, &chld, NULL) == -1)
		err(EXIT_BOX_FAILED, "SIGCHLD");
	if (prctl(PR_SET_CHILD_SUBREAPER, 1) == -1)
		err(EXIT_BOX_FAILED, "subreaper");
	return children;
}

/* Returns the best way there is to kill all that the program may start. */
static enum reach best_reach(void)
{
	if (settings.tier == 3)
		return REACH_ALL; /* kill(2): the init reaches its namespace */
	if (settings.uid != SAME_USER)
		return REACH_USER;
	return settings.tier == 2 && landlock_signals(getppid()) ? REACH_ALL : REACH_FOUND;
}

/* Returns when the box can answer the program's calls. */
static void start_program(void)
{
	pid_t box = getpid();

	open_listener_channel();
	program = fork();
	if (program == -1)
		err(EXIT_BOX_FAILED, "fork");
	if (program == 0)
		run_program(&settings, box);
	receive_listener();
	expect_calls(wanted_filter(&settings));
}

int main(int argc, char *argv[])
{
	int children;

	read_settings(&settings, argc, argv);
	reset_signals();
	meet_grader(settings.control);
	setsid(); /* a terminal's signals must not end the box before it has cleaned up */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		err(EXIT_BOX_FAILED, "no_new_privs");
	if (settings.tier == 3) {
		become_init();
	} else {
		hurry();
		tell("box", getpid());
	}
	reach = best_reach();
	children = adopt_children();
	start_program();
	watch(children);
	if (settings.tier < 3)
		end_family();
	return 0; /* of an init: the kernel kills all that is in its namespace */
}
