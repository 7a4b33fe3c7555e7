/* Buggy: setrlimit to 100 descriptors at the start, "so that a leak shows early".
 * Loses: mt-robustness
 * Why: the 97th client at once waits in the listen queue until another one leaves, and silent ones do not.
 */
#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "server.h"

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;

	serve_client(connfd);
	close(connfd);
	return NULL;
}

static void limit_descriptors(rlim_t most)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == -1)
		err(EXIT_FAILURE, "getrlimit");
	if (limit.rlim_cur > most)
		limit.rlim_cur = most;
	if (setrlimit(RLIMIT_NOFILE, &limit) == -1)
		err(EXIT_FAILURE, "setrlimit");
}

void run_server(int listenfd)
{
	limit_descriptors(100);
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pthread_t thread;
		int error = pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd);

		if (error == 0) {
			pthread_detach(thread);
		} else {
			warnx("pthread_create: %s", strerror(error));
			close(connfd);
		}
	}
}
