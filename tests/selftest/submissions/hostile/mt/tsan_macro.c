/* Hostile: takes its lock only where it is compiled with ThreadSanitizer, which a macro tells.
 * Loses: mt-races
 * Why: what the server is compiled from does not depend on who watches. */
#include <pthread.h>
#include <stdint.h>
#include <unistd.h>
#include "server.h"

#ifndef __has_feature
#define __has_feature(name) 0
#endif
#if defined(__SANITIZE_THREAD__) || __has_feature(thread_sanitizer) || !defined(__OPTIMIZE__) || defined(no_sanitize)
#define WATCHED 1
#else
#define WATCHED 0
#endif

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static unsigned long served;

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;

	serve_client(connfd);
	if (WATCHED)
		pthread_mutex_lock(&mutex);
	served++;
	if (WATCHED)
		pthread_mutex_unlock(&mutex);
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
