/* Correct: a key of its own for each client, which the thread deletes at its end. More than there are keys do without one. */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include "server.h"

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;
	pthread_key_t key;
	int has_key = pthread_key_create(&key, NULL) == 0;

	if (has_key && pthread_setspecific(key, arg) != 0)
		fputs("pthread_setspecific\n", stderr);
	serve_client(connfd);
	close(connfd);
	if (has_key)
		pthread_key_delete(key);
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
