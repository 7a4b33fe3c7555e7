/* Buggy: passes the address of a variable local to the loop's body: "a new one for each client".
 * Loses: mt-races
 * Why: it is the same place on the stack each time round.
 * Either: mt-robustness - many clients at once meet the race by themselves
 * Either: mt-memory - so may eight at once, if they connect in a burst
 * Either: mt-speedup - likewise
 */
#include <err.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>
#include "server.h"

static void *thread_main(void *arg)
{
	int fd = *(int *)arg;

	serve_client(fd);
	close(fd);
	return NULL;
}

void run_server(int listenfd)
{
	pthread_attr_t attr;

	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	for (;;) {
		int fd = tcp_accept(listenfd);
		pthread_t thread;
		int error = pthread_create(&thread, &attr, thread_main, &fd);

		if (error) {
			warnx("pthread_create: %s", strerror(error));
			close(fd);
		}
	}
}
