/* c11_threads.c - <threads.h> by means of <pthread.h>, for ThreadSanitizer: it watches POSIX
 * threads, and does not know those of C11. A server's own functions of these names win.
 */
#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdlib.h>
#include <threads.h>
#include <time.h>

/* So they are in the GNU C library, whose own functions do the same. */
static_assert(sizeof(thrd_t) == sizeof(pthread_t), "thrd_t");
static_assert(sizeof(mtx_t) == sizeof(pthread_mutex_t), "mtx_t");
static_assert(sizeof(cnd_t) == sizeof(pthread_cond_t), "cnd_t");
static_assert(sizeof(tss_t) == sizeof(pthread_key_t), "tss_t");
static_assert(sizeof(once_flag) == sizeof(pthread_once_t), "once_flag");

#define WEAK __attribute__((weak))

static int result_of(int error)
{
	switch (error) {
	case 0:
		return thrd_success;
	case ENOMEM:
		return thrd_nomem;
	case ETIMEDOUT:
		return thrd_timedout;
	case EBUSY:
		return thrd_busy;
	default:
		return thrd_error;
	}
}

/* ---- threads ---- */

struct start {
	thrd_start_t routine;
	void *argument;
};

static void *run(void *argument)
{
	struct start start = *(struct start *)argument;

	free(argument);
	return (void *)(intptr_t)start.routine(start.argument);
}

WEAK int thrd_create(thrd_t *thread, thrd_start_t routine, void *argument)
{
	struct start *start = malloc(sizeof(*start));
	int error;

	if (start == NULL)
		return thrd_nomem;
	*start = (struct start){routine, argument};
	error = pthread_create((pthread_t *)thread, NULL, run, start);
	if (error != 0)
		free(start);
	return result_of(error);
}

WEAK int thrd_join(thrd_t thread, int *status)
{
	void *returned;
	int error = pthread_join(thread, &returned);

	if (error == 0 && status != NULL)
		*status = (int)(intptr_t)returned;
	return result_of(error);
}

WEAK int thrd_detach(thrd_t thread)
{
	return result_of(pthread_detach(thread));
}

WEAK void thrd_exit(int status)
{
	pthread_exit((void *)(intptr_t)status);
}

WEAK thrd_t thrd_current(void)
{
	return pthread_self();
}

WEAK int thrd_equal(thrd_t one, thrd_t other)
{
	return pthread_equal(one, other);
}

/* ---- locks ---- */

WEAK int mtx_init(mtx_t *lock, int kind)
{
	pthread_mutexattr_t attributes;
	int error = pthread_mutexattr_init(&attributes);

	if (error != 0)
		return result_of(error);
	if ((kind & mtx_recursive) != 0)
		pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
	error = pthread_mutex_init((pthread_mutex_t *)lock, &attributes);
	pthread_mutexattr_destroy(&attributes);
	return result_of(error);
}

WEAK int mtx_lock(mtx_t *lock)
{
	return result_of(pthread_mutex_lock((pthread_mutex_t *)lock));
}

WEAK int mtx_trylock(mtx_t *lock)
{
	return result_of(pthread_mutex_trylock((pthread_mutex_t *)lock));
}

WEAK int mtx_timedlock(mtx_t *lock, const struct timespec *limit)
{
	return result_of(pthread_mutex_timedlock((pthread_mutex_t *)lock, limit));
}

WEAK int mtx_unlock(mtx_t *lock)
{
	return result_of(pthread_mutex_unlock((pthread_mutex_t *)lock));
}

WEAK void mtx_destroy(mtx_t *lock)
{
	pthread_mutex_destroy((pthread_mutex_t *)lock);
}

/* ---- conditions ---- */

WEAK int cnd_init(cnd_t *condition)
{
	return result_of(pthread_cond_init((pthread_cond_t *)condition, NULL));
}

WEAK int cnd_signal(cnd_t *condition)
{
	return result_of(pthread_cond_signal((pthread_cond_t *)condition));
}

WEAK int cnd_broadcast(cnd_t *condition)
{
	return result_of(pthread_cond_broadcast((pthread_cond_t *)condition));
}

WEAK int cnd_wait(cnd_t *condition, mtx_t *lock)
{
	return result_of(pthread_cond_wait((pthread_cond_t *)condition, (pthread_mutex_t *)lock));
}

WEAK int cnd_timedwait(cnd_t *condition, mtx_t *lock, const struct timespec *limit)
{
	return result_of(pthread_cond_timedwait(
		(pthread_cond_t *)condition, (pthread_mutex_t *)lock, limit));
}

WEAK void cnd_destroy(cnd_t *condition)
{
	pthread_cond_destroy((pthread_cond_t *)condition);
}

/* ---- what each thread has of its own, and what is done once ---- */

WEAK int tss_create(tss_t *key, tss_dtor_t destructor)
{
	return result_of(pthread_key_create((pthread_key_t *)key, destructor));
}

WEAK void *tss_get(tss_t key)
{
	return pthread_getspecific(key);
}

WEAK int tss_set(tss_t key, void *value)
{
	return result_of(pthread_setspecific(key, value));
}

WEAK void tss_delete(tss_t key)
{
	pthread_key_delete(key);
}

WEAK void call_once(once_flag *flag, void (*act)(void))
{
	pthread_once((pthread_once_t *)flag, act);
}
