/* Buggy: stacks of the smallest size there is, which serve_client outgrows when a client sends too much.
 * Loses: mt-robustness
 * Either: mt-speedup - what the kernel saves for a signal may overrun it, too
 * Why: the megabyte without a newline makes it throw away what else comes, through a buffer larger than this stack. (The guard
 *      below it is wide enough for that buffer: what is overrun is never another thread's stack, which might go unnoticed.)
 */
#include <limits.h>
#include <pthread.h>
#include <stdint.h>
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
	pthread_attr_t attr;

	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attr, PTHREAD_STACK_MIN);
	pthread_attr_setguardsize(&attr, 64 * 1024);
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pthread_t thread;

		if (pthread_create(&thread, &attr, serve, (void *)(intptr_t)connfd) != 0)
			close(connfd);
	}
}
