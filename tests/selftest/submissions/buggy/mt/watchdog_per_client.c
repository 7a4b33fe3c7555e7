/* Buggy: each client has a second thread, which sleeps for an hour to find out whether the client is still there then.
 * Loses: mt-threads mt-memory
 * Why: the second threads, with their stacks, outlive their clients. Served are all, and no descriptor stays.
 */
#include <err.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <unistd.h>

#include "server.h"

static atomic_int active;

static void *watch(void *arg)
{
	sleep(3600);
	if (atomic_load(&active) > 0)
		warnx("somebody is slow");
	return arg;
}

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;
	pthread_t watchdog;

	atomic_fetch_add(&active, 1);
	if (pthread_create(&watchdog, NULL, watch, NULL) == 0)
		pthread_detach(watchdog);
	serve_client(connfd);
	close(connfd);
	atomic_fetch_sub(&active, 1);
	return NULL;
}

void run_server(int listenfd)
{
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pthread_t thread;

		if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd) != 0) {
			close(connfd);
			continue;
		}
		pthread_detach(thread);
	}
}
