/* Buggy: a mutex guards the shared descriptor, but the thread takes it only for reading, whenever it comes to that.
 * Loses: mt-races
 * Why: no data race in the sense of C, but the creator can lock twice before the thread does: mutual exclusion is no order.
 * Either: mt-robustness - many clients at once meet the race by themselves
 * Either: mt-memory - so may eight at once, if they connect in a burst
 * Either: mt-speedup - likewise
 */
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>
#include "server.h"

static pthread_mutex_t fd_mutex = PTHREAD_MUTEX_INITIALIZER;
static int shared_fd;

static void *serve(void *arg)
{
	int fd;

	(void)arg;
	pthread_mutex_lock(&fd_mutex);
	fd = shared_fd;
	pthread_mutex_unlock(&fd_mutex);
	serve_client(fd);
	close(fd);
	return NULL;
}

void run_server(int listenfd)
{
	for (;;) {
		int fd = tcp_accept(listenfd);
		pthread_t thread;

		pthread_mutex_lock(&fd_mutex);
		shared_fd = fd;
		pthread_mutex_unlock(&fd_mutex);
		if (pthread_create(&thread, NULL, serve, NULL) != 0) {
			fprintf(stderr, "pthread_create\n");
			close(fd);
			continue;
		}
		pthread_detach(thread);
	}
}
