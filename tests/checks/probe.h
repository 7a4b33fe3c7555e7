/* probe.h - what the parts of the probe share: a library that is preloaded (ld.so(8)) into a
 * server, and the memory by which it talks to the grader.
 *
 * probe.c		the memory; no trace of the library is left in the environment
 * probe_pages.c	an allocator of whole pages
 * probe_delay.c	threads that begin late
 * probe_waits.c	what a thread waits for
 * probe_signals.c	signals that come at the worst moment
 * probe_stdio.c	the same for printf(3) and the like
 */
#ifndef PROBE_H
#define PROBE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define CHANNEL_MAGIC 0x6c616243U
#define CHANNEL_SIZE 4096
#define NAME_SIZE 32
#define EXPORTED __attribute__((visibility("default")))
/* Is not mistaken for a function of the server's that has the same name. */
#define OWN __attribute__((visibility("hidden")))

/* What the probe is to do; checks/probing.py has the same numbers. */
enum mode { MODE_PAGES = 0, MODE_DELAY = 1, MODE_SIGNALS = 2 };

/* In which order threads that were held back may begin. */
enum order { OLDEST_FIRST = 0, NEWEST_FIRST = 1 };

/* The memory, in words of 32 bits; checks/probing.py reads it by their positions. */
struct channel {
	/* By the grader, before the start. */
	uint32_t magic, mode, order;
	/* By the grader, at any time: so many threads held back are enough; for so many children,
	 * in all, it can see to it that they end. */
	atomic_uint expected, can_end;
	/* By the probe: processes that have loaded it, blocks allocated, threads created through
	 * it, threads held back now, most of them at the same time, whether it has given up holding
	 * back, whether a thread has replied whose creation it did not see. */
	atomic_uint loaded, blocks, created, held, most_held, given_up, unseen;
	/* How many children are to end, in all. Signals raised or waited for, and how often that
	 * was over; whether a handler did what it must not. Then the names of what it called, and
	 * of what it had interrupted. */
	atomic_uint to_end, raised, returned, fault;
	char called[NAME_SIZE], interrupted[NAME_SIZE];
};

/* What a handler must not do inside of the same; with a FORK, it may do all. */
enum kind { NOTHING, ALLOCATION, STDIO, LOCK, FORK };

/* Never NULL: memory of its own, if the grader has handed over none. */
OWN extern struct channel *channel;

/* Returns memory that is 0, in pages of its own; NULL and ENOMEM if there is none. */
OWN void *allocate(size_t alignment, size_t size);

/* Frees what allocate has returned. */
OWN void release(void *block);

/* Tells that the function of that name is entered, which is of that kind; of a LOCK, that it has
 * been taken, and which one. May raise a signal. Leaves errno as it is. */
OWN void entered(enum kind kind, const char *name, const void *lock);

/* Returns whether this is called by a handler for a signal that was raised when that lock had been
 * taken. */
OWN bool has_interrupted(const void *lock);

/* Tells that such a handler waits for ever, in the function of that name. */
OWN void never_returns(const char *name);

/* Returns the function of that name that would be called without the probe. */
OWN void *original(const char *name);

#endif
