/* Buggy: locks its statistics only if ThreadSanitizer's functions are there: weak symbols, which are null without it.
 * Loses: mt-races
 * Why: the program that is handed in has none of them, and does not lock.
 */
#include <pthread.h>
#include <stdint.h>
#include <unistd.h>

#include "server.h"

extern void __tsan_init(void) __attribute__((weak));
extern void __tsan_func_entry(void *) __attribute__((weak));

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static unsigned long served;

static void count(void)
{
	if (&__tsan_init != NULL || &__tsan_func_entry != NULL) {
		pthread_mutex_lock(&mutex);
		served++;
		pthread_mutex_unlock(&mutex);
	} else {
		served++;
	}
}

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;

	serve_client(connfd);
	count();
	close(connfd);
	return NULL;
}

void run_server(int listenfd)
{
	for (;;) {
		int fd = tcp_accept(listenfd);
		pthread_t thread;

		if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)fd) == 0)
			pthread_detach(thread);
		else
			close(fd);
	}
}
