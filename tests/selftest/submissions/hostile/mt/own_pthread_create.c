/* Hostile: defines pthread_create itself, to get at the library's behind the back of what the grader has preloaded.
 * Loses: mt-races
 * Either: mt-speedup - likewise
 * Either: mt-memory - likewise
 * Why: that creates threads late; but eight clients at once meet the race without it, too. */
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
	int connfd;

	for (;;) {
		pthread_t thread;

		connfd = tcp_accept(listenfd);
		if (pthread_create(&thread, NULL, serve, &connfd) == 0)
			pthread_detach(thread);
		else
			close(connfd);
	}
}
