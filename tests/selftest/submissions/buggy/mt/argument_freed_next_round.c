/* Buggy: the creator frees each argument when the next client comes, "by then the thread has read it".
 * Loses: mt-races
 * Why: a thread that starts late reads freed memory. Blocks do not pile up.
 * Either: mt-robustness - many clients at once meet the race by themselves
 * Either: mt-memory - so may eight at once, if they connect in a burst
 * Either: mt-speedup - likewise
 */
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>
#include "server.h"

static void *run(void *arg)
{
	int fd = *(int *)arg;

	serve_client(fd);
	close(fd);
	return NULL;
}

void run_server(int listenfd)
{
	int *previous = NULL;
	pthread_attr_t attr;

	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	for (;;) {
		int fd = tcp_accept(listenfd);
		int *arg = malloc(sizeof(int));
		pthread_t thread;

		free(previous);
		previous = arg;
		if (arg == NULL) {
			close(fd);
			continue;
		}
		*arg = fd;
		if (pthread_create(&thread, &attr, run, arg) != 0)
			close(fd);
	}
}
