/* Buggy: stacks of 64 MB in an address space that setrlimit has limited to 4 GB.
 * Loses: mt-robustness
 * Why: some sixty clients at once use it up, though hardly any of it is memory; the rest are dropped.
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

void run_server(int listenfd)
{
	struct rlimit space = {.rlim_cur = 4UL << 30, .rlim_max = RLIM_INFINITY};
	pthread_attr_t attr;

	if (setrlimit(RLIMIT_AS, &space) == -1)
		warn("setrlimit");
	if (pthread_attr_init(&attr) != 0 || pthread_attr_setstacksize(&attr, 64 << 20) != 0 ||
	    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED) != 0)
		errx(EXIT_FAILURE, "thread attributes");
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pthread_t thread;

		if ((errno = pthread_create(&thread, &attr, serve, (void *)(intptr_t)connfd)) != 0) {
			warn("pthread_create");
			close(connfd);
		}
	}
}
