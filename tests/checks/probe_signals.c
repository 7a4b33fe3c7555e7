/* probe_signals.c - see probe.h. In MODE_SIGNALS, SIGCHLD comes where it does the most harm.
 *
 * A signal may come while its process is inside malloc(3) or printf(3), or holds a lock. A handler
 * that then calls such a function, or waits for that lock, ends in chaos or waits for ever
 * (signal-safety(7)); but by chance that happens once in a million. So the signal is raised just
 * there, if it could have come there by itself: a handler is installed, the signal is not blocked,
 * and there is a child that may end at any moment. What the handler then calls is reported; for the
 * rest, all functions do what they always do.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "probe.h"

/* So many are raised at most. Fewer, and a server that allocates much at its start is not tried
 * later; more fill the pipe of a handler that writes a byte for each. */
#define RAISED_MAX 500

static __thread struct {
	enum kind kind;
	const char *name;
	const void *object;
} inside; /* what the raised signal has interrupted */

static bool has_handler(void)
{
	struct sigaction action;

	return sigaction(SIGCHLD, NULL, &action) == 0 && action.sa_handler != SIG_DFL &&
	       action.sa_handler != SIG_IGN;
}

static bool is_blocked(void)
{
	sigset_t blocked;

	return pthread_sigmask(SIG_BLOCK, NULL, &blocked) != 0 ||
	       sigismember(&blocked, SIGCHLD) == 1;
}

/* Returns whether there is a child: one that runs, or one that nobody has waited for. */
static bool has_child(void)
{
	siginfo_t info;

	return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

/* SIGCHLD is delivered to this thread before the call returns. */
static void raise_inside(enum kind kind, const char *name, const void *object)
{
	inside.kind = kind;
	inside.name = name;
	inside.object = object;
	atomic_fetch_add(&channel->raised, 1);
	syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), SIGCHLD);
	inside.kind = NOTHING;
}

/* The first fault stands. */
static void report(enum kind kind, const char *name)
{
	unsigned int none = NOTHING;

	if (channel->called[0] == '\0') {
		strncpy(channel->called, name, NAME_SIZE - 1);
		strncpy(channel->interrupted, inside.name, NAME_SIZE - 1);
	}
	atomic_compare_exchange_strong(&channel->fault, &none, kind);
}

bool has_interrupted(const void *lock)
{
	return inside.kind == LOCK && inside.object == lock;
}

void never_returns(const char *name)
{
	report(LOCK, name);
}

void entered(enum kind kind, const char *name, const void *object)
{
	int saved_errno = errno;

	if (channel->mode != MODE_SIGNALS)
		return;
	if (inside.kind != NOTHING) {
		if (inside.kind != LOCK && kind != LOCK)
			report(kind, name);
	} else if (atomic_load(&channel->raised) < RAISED_MAX && has_handler() && !is_blocked() &&
		   has_child()) {
		raise_inside(kind, name, object);
	}
	errno = saved_errno;
}
