/* Buggy: the main thread holds the mutex of its statistics while it waits for the next client.
 * Loses: everything
 * Why: a thread counts its client first, and gets the mutex only when somebody else connects, if then.
 */
#include <pthread.h>
#include <stdint.h>
#include <unistd.h>
#include "server.h"

static pthread_mutex_t stats_lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned long accepted, begun;

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;

	pthread_mutex_lock(&stats_lock);
	begun++;
	pthread_mutex_unlock(&stats_lock);
	serve_client(connfd);
	close(connfd);
	return NULL;
}

void run_server(int listenfd)
{
	for (;;) {
		pthread_t thread;
		int connfd;

		pthread_mutex_lock(&stats_lock);
		connfd = tcp_accept(listenfd);
		accepted++;
		if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd) == 0)
			pthread_detach(thread);
		else
			close(connfd);
		pthread_mutex_unlock(&stats_lock);
	}
}
