/* Correct: no thread but the leader accepts; it makes the next leader before it serves its own client.
 * If there is no thread for a next leader, the client is dropped and the old one leads on. The initial thread does not
 * return: it waits for ever when it has served its client.
 */
#include <err.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server.h"

static void *lead(void *arg)
{
	int listenfd = (int)(intptr_t)arg;
	int connfd;

	for (;;) {
		pthread_t next;
		int error;

		connfd = tcp_accept(listenfd);
		error = pthread_create(&next, NULL, lead, arg);
		if (error == 0) {
			pthread_detach(next);
			break;
		}
		warnx("pthread_create: %s: a client is dropped", strerror(error));
		close(connfd);
	}
	serve_client(connfd);
	close(connfd);
	return NULL;
}

void run_server(int listenfd)
{
	lead((void *)(intptr_t)listenfd);
	for (;;)
		pause();
}
