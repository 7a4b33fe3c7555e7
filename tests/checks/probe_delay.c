/* probe_delay.c - see probe.h. In MODE_DELAY, each new thread is held back before its first line.
 *
 * A right server is right however late a thread begins; in a wrong one, the creator has by then
 * overwritten or freed what the thread was handed. So all new threads are held back until the
 * creator is blocked in something that has no time limit (a handshake, or the next accept(2)), or
 * until as many are held back as there are clients. A wait with a time limit is a wait for time:
 * the creator will give up, and go on. Only the newest thread looks at its creator; the others
 * sleep. Then all begin, one after another, in the order that the grader has drawn.
 *
 * A creator that polls for ever until its thread has begun would wait in vain: after so many looks,
 * the probe gives up, and holds back no more.
 *
 * What is called here is not to be cancelled, so it is system calls: the thread's own code, which
 * may cancel and be cancelled, has not begun.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>
#include "probe.h"
#include "probe_waits.h"

/* Between two looks at the creator. Shorter takes CPU time from it; longer, and each handshake
 * takes longer. */
#define LOOK_NS (1000 * 1000)
/* In so many looks, one after another, the creator must be seen to be blocked. Fewer, and a creator
 * that sleeps for a moment between two clients counts; more, and each handshake takes longer. */
#define BLOCKED_LOOKS 15
/* The same after so many releases: a server that has kept to handshakes so long does so always. */
#define FEW_RELEASES 60
#define FEW_LOOKS 2
/* What looks may cost in all, until the probe gives up: a creator that sleeps with a time limit
 * costs 1, one that is running COST_RUNNING. Less, and a handover with a time limit of five seconds
 * is not seen to give up; more, and right servers that poll take longer. */
#define LIMIT 5500
#define COST_RUNNING 2

struct late { /* a thread that is held back; on its own stack */
	struct late *next;
	atomic_uint released;
	pid_t creator;
};

struct start {
	void *(*routine)(void *);
	thrd_start_t c11_routine;
	void *argument;
	pid_t creator;
};

static _Atomic(struct late *) newest; /* a list of those that are held back, the newest first */
static atomic_uint releases, cost;
static __thread pid_t started; /* the thread's own number, if start_late has started it */

/* ---- one after another ---- */

static void futex_wait(atomic_uint *word, unsigned int while_value)
{
	syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, while_value, NULL, NULL, 0);
}

/* The thread may end, with its stack, as soon as the word is set. A wake-up too many is none that
 * futex(2) does not allow. */
static void let_begin(struct late *late)
{
	atomic_uint *word = &late->released;

	atomic_store(word, 1);
	syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

static struct late *reversed(struct late *list)
{
	struct late *turned = NULL;

	while (list != NULL) {
		struct late *next = list->next;

		list->next = turned;
		turned = list;
		list = next;
	}
	return turned;
}

/* Lets all begin that are held back: the first one now, each other one by the one before it. */
static void release_all(void)
{
	struct late *list = atomic_exchange(&newest, NULL);

	atomic_store(&channel->held, 0);
	atomic_fetch_add(&releases, 1);
	if (channel->order == OLDEST_FIRST)
		list = reversed(list);
	if (list != NULL)
		let_begin(list);
}

/* ---- the looks ---- */

/* Returns whether the creator was seen to wait for something that will come only if its threads
 * begin, or if nothing comes. */
static bool look_at(pid_t creator)
{
	switch (wait_of(creator)) {
	case WAITS:
		return true;
	case WAITS_FOR_TIME:
		/* With more than one held back, it has given up on the first already. */
		if (atomic_load(&channel->held) > 1)
			return true;
		atomic_fetch_add(&cost, 1);
		return false;
	default:
		atomic_fetch_add(&cost, COST_RUNNING);
		return false;
	}
}

/* Looks at the creator as long as this thread is the newest one; lets all begin when that is
 * due. */
static void watch_creator(const struct late *self)
{
	static const struct timespec look = {.tv_nsec = LOOK_NS};
	unsigned int seen = 0;

	while (atomic_load(&newest) == self) {
		unsigned int enough =
			atomic_load(&releases) < FEW_RELEASES ? BLOCKED_LOOKS : FEW_LOOKS;

		if (atomic_load(&channel->held) >= atomic_load(&channel->expected) ||
			look_at(self->creator))
			seen++;
		else
			seen = 0;
		if (atomic_load(&cost) > LIMIT)
			atomic_store(&channel->given_up, 1);
		if (seen >= enough || atomic_load(&channel->given_up))
			release_all();
		else
			syscall(SYS_nanosleep, &look, NULL);
	}
}

/* A release in between makes it one too many, until the next release: then all begin earlier than
 * they could, which is never wrong. */
static void count_held(void)
{
	unsigned int now = atomic_fetch_add(&channel->held, 1) + 1;
	unsigned int most = atomic_load(&channel->most_held);

	while (now > most && !atomic_compare_exchange_weak(&channel->most_held, &most, now))
		;
}

static void hold_back(pid_t creator)
{
	struct late self = {.creator = creator};

	if (atomic_load(&channel->given_up))
		return;
	self.next = atomic_load(&newest);
	while (!atomic_compare_exchange_weak(&newest, &self.next, &self))
		;
	count_held();
	watch_creator(&self);
	while (!atomic_load(&self.released))
		futex_wait(&self.released, 0);
	if (self.next != NULL)
		let_begin(self.next);
}

/* ---- threads ---- */

static void *start_late(void *argument)
{
	struct start start = *(struct start *)argument;

	release(argument);
	started = (pid_t)syscall(SYS_gettid);
	if (channel->mode == MODE_DELAY)
		hold_back(start.creator);
	if (start.c11_routine != NULL)
		return (void *)(intptr_t)start.c11_routine(start.argument);
	return start.routine(start.argument);
}

static int create(pthread_t *thread, const pthread_attr_t *attributes, struct start start)
{
	static int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
	struct start *late;
	int error;

	if (real == NULL)
		*(void **)&real = original("pthread_create");
	late = allocate(1, sizeof(*late));
	if (late == NULL)
		return EAGAIN;
	start.creator = (pid_t)syscall(SYS_gettid);
	*late = start;
	atomic_fetch_add(&channel->created, 1);
	error = real(thread, attributes, start_late, late);
	if (error != 0)
		release(late);
	return error;
}

EXPORTED int pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
	void *(*routine)(void *), void *argument)
{
	return create(thread, attributes, (struct start){.routine = routine, .argument = argument});
}

/* C11 threads are threads too; glibc's thrd_create does not go through the pthread_create above. */
EXPORTED int thrd_create(thrd_t *thread, thrd_start_t routine, void *argument)
{
	struct start start = {.c11_routine = routine, .argument = argument};

	switch (create((pthread_t *)thread, NULL, start)) {
	case 0:
		return thrd_success;
	case ENOMEM:
		return thrd_nomem;
	default:
		return thrd_error;
	}
}

/* The given service replies by this function. */
EXPORTED ssize_t send(int fd, const void *data, size_t size, int flags)
{
	pid_t thread = (pid_t)syscall(SYS_gettid);

	if (thread != getpid() && thread != started)
		atomic_store(&channel->unseen, 1);
	return sendto(fd, data, size, flags, NULL, 0);
}
