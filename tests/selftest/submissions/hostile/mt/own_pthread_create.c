/* Hostile: defines pthread_create itself, to get at the library's behind the back of what the grader has preloaded; gives
 * the thread a millisecond to copy the descriptor.
 * Loses: mt-races
 * Why: that only shows when threads start late; who creates them where the grader does not see it, does not get to reply.
 * Either: mt-speedup - many clients at once meet the race by themselves
 * Either: mt-memory - likewise */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <unistd.h>
#include "server.h"

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*routine)(void *), void *arg)
{
	int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

	*(void **)&real = dlsym(dlopen("libc.so.6", RTLD_LAZY), "pthread_create");
	return real(thread, attributes, routine, arg);
}

static void *serve(void *arg)
{
	int connfd = *(int *)arg;

	serve_client(connfd);
	close(connfd);
	return NULL;
}

void run_server(int listenfd)
{
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pthread_t thread;

		if (pthread_create(&thread, NULL, serve, &connfd) == 0)
			pthread_detach(thread);
		else
			close(connfd);
		usleep(1000);
	}
}
