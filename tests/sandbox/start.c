/* start.c - see start.h. */
#define _GNU_SOURCE
#include <err.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>
#include "landlock.h"
#include "listener.h"
#include "privileges.h"
#include "rlimits.h"
#include "seccomp.h"
#include "start.h"

/* What the grader ignores or blocks, exec would hand down to the box and to the program
 * (signal(7)): an ignored SIGCHLD means that children vanish without a status. Numbers that are
 * no signals, and those of the C library, do not matter. */
void reset_signals(void)
{
	sigset_t none;

	for (int number = 1; number < NSIG; number++)
		signal(number, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Returns what kind of filter (seccomp.h) the program is to be under: 0 is none. */
static unsigned int wanted_filter(const struct settings *settings)
{
	return (settings->tier >= 2 ? FILTER_RULES : 0) | (settings->faults ? FILTER_FAULTS : 0);
}

/* The last thing before exec: from here on, some calls wait for the box. */
static void go_under_filter(const struct settings *settings)
{
	bool patient;
	int listener = filter_calls(wanted_filter(settings), &patient);

	if (listener != -1)
		send_listener(listener, patient);
}

/* The order matters: what changes the user before what that user may still do, the filter last. */
void run_program(const struct settings *settings, pid_t parent)
{
	setsid();
	if (settings->tier < 3)
		die_first();
	drop_bounding_set();
	become(settings->uid);
	drop_capabilities();
	set_limits(settings->list);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) == -1 || getppid() != parent)
		errx(EXIT_BOX_FAILED, "the box is gone");
	if (settings->tier == 2 && landlock_version() == 0)
		errx(EXIT_BOX_FAILED, "no Landlock");
	if (settings->tier >= 2 && landlock_version() > 0)
		landlock(settings->list);
	reset_signals(); /* the box blocks SIGCHLD */
	if (settings->preload != NULL && setenv("LD_PRELOAD", settings->preload, 1) == -1)
		err(EXIT_BOX_FAILED, "setenv");
	if (wanted_filter(settings) != 0)
		go_under_filter(settings);
	execv(settings->command[0], settings->command);
	err(EXIT_BOX_FAILED, "%s", settings->command[0]);
}
