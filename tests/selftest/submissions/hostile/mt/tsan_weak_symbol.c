/* Hostile: a weak reference tells it that ThreadSanitizer is there; then it ends before that can tell.
 * Loses: mt-races
 * Why: it is not there by this name. */
#include <pthread.h>
#include <stdint.h>
#include <unistd.h>
#include "server.h"

void __tsan_init(void) __attribute__((weak));

static unsigned long served;

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;

	if (__tsan_init != NULL)
		_exit(0);
	serve_client(connfd);
	served++;
	close(connfd);
	return NULL;
}

void run_server(int listenfd)
{
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pthread_t thread;

		if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd) == 0)
			pthread_detach(thread);
		else
			close(connfd);
	}
}
