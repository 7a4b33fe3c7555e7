/* Buggy: when forty threads have not been joined, the main thread joins the oldest before it accepts another client.
 * Loses: mt-robustness
 * Why: if the oldest one's client is silent, everybody waits for it. The last forty threads stay, but no more.
 */
#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "server.h"

#define MOST 40

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;

	serve_client(connfd);
	close(connfd);
	return NULL;
}

void run_server(int listenfd)
{
	pthread_t threads[MOST];
	unsigned int created = 0, joined = 0;

	for (;;) {
		int connfd = tcp_accept(listenfd);

		if (created - joined == MOST)
			pthread_join(threads[joined++ % MOST], NULL);
		errno = pthread_create(&threads[created % MOST], NULL, serve, (void *)(intptr_t)connfd);
		if (errno == 0) {
			created++;
		} else {
			warn("pthread_create");
			close(connfd);
		}
	}
}
