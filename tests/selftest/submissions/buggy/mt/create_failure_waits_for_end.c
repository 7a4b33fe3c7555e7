/* Buggy: when there is no thread to be had, it waits until another one has ended, and tries again.
 * Loses: mt-robustness
 * Why: if the others' clients are silent, or there are none, that may be for ever; nobody is accepted meanwhile.
 */
#include <pthread.h>
#include <stdint.h>
#include <unistd.h>

#include "server.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t one_less = PTHREAD_COND_INITIALIZER;
static int threads;

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;

	serve_client(connfd);
	close(connfd);
	pthread_mutex_lock(&mutex);
	threads--;
	pthread_cond_signal(&one_less);
	pthread_mutex_unlock(&mutex);
	return NULL;
}

void run_server(int listenfd)
{
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pthread_t thread;

		pthread_mutex_lock(&mutex);
		while (pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd) != 0) {
			if (threads == 0) {
				close(connfd);
				goto dropped;
			}
			pthread_cond_wait(&one_less, &mutex);
		}
		threads++;
		pthread_detach(thread);
dropped:
		pthread_mutex_unlock(&mutex);
	}
}
