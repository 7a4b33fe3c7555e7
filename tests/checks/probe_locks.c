/* probe_locks.c - see probe.h. The functions that wait for a lock. */
#define _GNU_SOURCE
#include <pthread.h>
#include <semaphore.h>
#include <threads.h>
#include "probe.h"

/* Defines a function that waits for a lock. `attempt` does not wait: a handler that gets the lock
 * in this way, because it is recursive, or a semaphore of a greater value, does not wait for ever.
 * All of them return 0 if they have got it. */
#define WAITING(name, attempt, type)                                                               \
	EXPORTED int name(type *lock)                                                              \
	{                                                                                          \
		static int (*real)(type *);                                                        \
		int error;                                                                         \
                                                                                                   \
		if (real == NULL)                                                                  \
			*(void **)&real = original(#name);                                         \
		if (has_interrupted((const void *)lock)) {                                         \
			if (attempt(lock) == 0)                                                    \
				return 0;                                                          \
			never_returns(#name);                                                      \
		}                                                                                  \
		error = real(lock);                                                                \
		if (error == 0)                                                                    \
			entered(LOCK, #name, (const void *)lock);                                  \
		return error;                                                                      \
	}

WAITING(pthread_mutex_lock, pthread_mutex_trylock, pthread_mutex_t)
WAITING(pthread_rwlock_wrlock, pthread_rwlock_trywrlock, pthread_rwlock_t)
WAITING(pthread_rwlock_rdlock, pthread_rwlock_tryrdlock, pthread_rwlock_t)
WAITING(pthread_spin_lock, pthread_spin_trylock, volatile int)
WAITING(mtx_lock, mtx_trylock, mtx_t)
WAITING(sem_wait, sem_trywait, sem_t)
