/* Buggy: sleeps for 20 ms after each pthread_create, until the thread "must have" its descriptor.
 * Loses: everything
 * Why: a longer guess is a guess; and each client waits by the clock for the one before it, even if it comes alone.
 */
#include <pthread.h>
#include <time.h>
#include <unistd.h>
#include "server.h"

static int handed_over;

static void *serve(void *unused)
{
	int fd = handed_over;

	serve_client(fd);
	close(fd);
	return unused;
}

void run_server(int listenfd)
{
	const struct timespec grace = { .tv_nsec = 20 * 1000 * 1000 };
	pthread_attr_t attr;
	pthread_t thread;

	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	for (;;) {
		handed_over = tcp_accept(listenfd);
		if (pthread_create(&thread, &attr, serve, NULL) == 0)
			nanosleep(&grace, NULL);
		else
			close(handed_over);
	}
}
