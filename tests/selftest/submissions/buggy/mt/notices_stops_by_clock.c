/* Buggy: a thread looks at the clock; when it has jumped, the server was stopped, and for a second everything is done
 * in order. Otherwise the descriptor is read from a global variable.
 * Loses: mt-races
 * Why: a thread that starts late finds the next client's descriptor in it.
 * Either: mt-memory - many clients at once meet the race by themselves
 * Either: mt-speedup - likewise
 */
#include <err.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "server.h"

static atomic_int descriptor;
static atomic_long taken, careful_until;

static long milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void *look_at_clock(void *unused)
{
	long before = milliseconds();

	for (;;) {
		long now;

		usleep(100 * 1000);
		now = milliseconds();
		if (now - before > 130)
			atomic_store(&careful_until, now + 1000);
		before = now;
	}
	return unused;
}

static void *serve(void *unused)
{
	int connfd = atomic_load(&descriptor);

	atomic_fetch_add(&taken, 1);
	serve_client(connfd);
	close(connfd);
	return unused;
}

void run_server(int listenfd)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, look_at_clock, NULL) != 0)
		errx(EXIT_FAILURE, "no clock");
	for (;;) {
		int connfd = tcp_accept(listenfd);
		long before = atomic_load(&taken);

		atomic_store(&descriptor, connfd);
		if (pthread_create(&thread, NULL, serve, NULL) != 0) {
			close(connfd);
			continue;
		}
		pthread_detach(thread);
		while (milliseconds() < atomic_load(&careful_until) && atomic_load(&taken) == before)
			usleep(1000);
	}
}
