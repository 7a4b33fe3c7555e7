/* Buggy: locks its statistics only in a build for ThreadSanitizer, "which slows everything down anyway".
 * Loses: mt-races
 * Why: in the real build the counters are not locked. What tells the builds apart is a macro.
 */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include "server.h"

#if defined(__SANITIZE_THREAD__) || defined(__tsan_default_options) || defined(__tsan_on_report)
#define LOCK(m) pthread_mutex_lock(m)
#define UNLOCK(m) pthread_mutex_unlock(m)
#else
#define LOCK(m) (void)(m)
#define UNLOCK(m) (void)(m)
#endif

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static unsigned long present, served;

static void count(long here, long done)
{
	LOCK(&mutex);
	present += here;
	served += done;
	UNLOCK(&mutex);
}

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;

	count(1, 0);
	serve_client(connfd);
	close(connfd);
	count(-1, 1);
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
