/* Buggy: creates a key for thread-specific data with each client, and never deletes one.
 * Loses: mt-robustness
 * Why: there are 1024 keys (PTHREAD_KEYS_MAX); the 1025th client is dropped.
 */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "server.h"

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;
	pthread_key_t key;
	int error = pthread_key_create(&key, NULL);

	if (error == 0)
		error = pthread_setspecific(key, arg);
	if (error == 0)
		serve_client(connfd);
	else
		fprintf(stderr, "thread-specific data: %s\n", strerror(error));
	close(connfd);
	return NULL;
}

void run_server(int listenfd)
{
	for (;;) {
		int fd = tcp_accept(listenfd);
		pthread_t thread;

		if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)fd) == 0)
			pthread_detach(thread);
		else
			close(fd);
	}
}
