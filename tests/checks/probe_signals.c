/* probe_signals.c - see probe.h. In MODE_SIGNALS, SIGCHLD comes where it does the most harm.
 *
 * A signal may come while its process is inside malloc(3) or printf(3), or holds a lock. A handler
 * that then calls such a function, or waits for that lock, ends in chaos or waits for ever
 * (signal-safety(7)); but by chance that happens once in a million. So the signal is raised just
 * there, if it could have come there by itself: a handler is installed, the signal is not blocked,
 * and there is a child that may end at any moment. Some handlers do nothing unless a child has
 * ended: so, a few times in each such function, the probe waits until the grader has let one end.
 * What the handler then calls is reported; for the rest, all functions do what they always do.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "probe.h"

/* So many are raised at most. Fewer, and a server that allocates much at its start is not tried
 * later; more fill the pipe of a handler that writes a byte for each. */
#define RAISED_MAX 500
/* In each function, so many children end. Fewer, and a handler that allocates for every second one
 * is not seen to; more, and the grader needs more children. */
#define ENDS_MAX 3
#define FUNCTIONS_MAX 16
/* Looks until the child that is to end has not: then something else keeps it. Less, and a child on
 * a busy machine is not waited for; more takes longer. */
#define LOOK_NS (1000 * 1000)
#define LOOKS_MAX 2000

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

/* Returns whether the function of that name is to be interrupted by the end of a child: then the
 * grader is told to let one end. */
static bool lets_child_end(const char *name)
{
	static struct {
		const char *name;
		unsigned int number;
	} ends[FUNCTIONS_MAX];
	unsigned int i = 0;

	while (i < FUNCTIONS_MAX && ends[i].name != NULL && ends[i].name != name)
		i++;
	if (i == FUNCTIONS_MAX || ends[i].number == ENDS_MAX ||
		atomic_load(&channel->to_end) >= atomic_load(&channel->can_end))
		return false;
	ends[i].name = name;
	ends[i].number++;
	atomic_fetch_add(&channel->to_end, 1);
	return true;
}

/* Waits until a signal has been handled, which can only happen while this waits. */
static void wait_for_handler(const sigset_t *unblocked)
{
	for (int i = 0; i < LOOKS_MAX; i++) {
		struct timespec look = {.tv_nsec = LOOK_NS};

		if (syscall(SYS_ppoll, NULL, 0, &look, unblocked, NSIG / 8) == -1)
			return;
	}
}

/* SIGCHLD is delivered to this thread before this returns. */
static void raise_inside(enum kind kind, const char *name, const void *object)
{
	sigset_t chld, before;

	inside.kind = kind;
	inside.name = name;
	inside.object = object;
	atomic_fetch_add(&channel->raised, 1);
	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	pthread_sigmask(SIG_BLOCK, &chld, &before);
	if (lets_child_end(name))
		wait_for_handler(&before);
	else
		syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), SIGCHLD);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	inside.kind = NOTHING;
	atomic_fetch_add(&channel->returned, 1);
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

/* Returns whether a handler may call such a function only if it has interrupted none. */
static bool is_unsafe(enum kind kind)
{
	return kind == ALLOCATION || kind == STDIO;
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
	static bool locks;
	int saved_errno = errno;

	/* Locks of the C library are known: with them, there is no need to guess at others. */
	locks = locks || kind == LOCK;
	if (channel->mode != MODE_SIGNALS || (locks && kind == FORK))
		return;
	if (inside.kind != NOTHING) {
		if (is_unsafe(inside.kind) && is_unsafe(kind))
			report(kind, name);
	} else if (atomic_load(&channel->raised) < RAISED_MAX && has_handler() && !is_blocked() &&
		   has_child()) {
		raise_inside(kind, name, object);
	}
	errno = saved_errno;
}

/* A child may end before its parent goes on: what the parent then holds, by whatever means, its
 * handler must not wait for. */
EXPORTED pid_t fork(void)
{
	static pid_t (*real)(void);
	pid_t child;

	if (real == NULL)
		*(void **)&real = original("fork");
	child = real();
	if (child > 0)
		entered(FORK, "fork", NULL);
	return child;
}
