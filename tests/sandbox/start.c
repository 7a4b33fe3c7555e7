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

unsigned int wanted_filter(const struct settings *settings)
{
	unsigned int kind = settings->faults ? FILTER_FAULTS : 0;

	if (settings->tier >= 2)
		kind |= FILTER_RULES | FILTER_TOLD;
	if (settings->tier == 3)
		kind |= FILTER_OWN_IPC;
	if (settings->tier == 3 || settings->uid != SAME_USER)
		kind |= FILTER_ALONE;
	return kind;
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
		landlock(settings->list, settings->tier == 3);
	reset_signals(); /* the box blocks SIGCHLD */
	if (settings->preload != NULL && setenv("LD_PRELOAD", settings->preload, 1) == -1)
		err(EXIT_BOX_FAILED, "setenv");
	if (wanted_filter(settings) & (FILTER_RULES | FILTER_FAULTS))
		go_under_filter(settings);
	execv(settings->command[0], settings->command);
	err(EXIT_BOX_FAILED, "%s", settings->command[0]);
}
