/* Buggy: the creator closes the previous client's descriptor at the next client: a close too many, by number.
 * Loses: mt-concurrency
 * Why: a silent previous client is cut off. One at a time gets its reply: accept reserves its number before it waits, so
 * that two clients in a row have different ones, and the late close finds nothing to close.
 * Either: mt-replies - a thread that ends before the main thread is back in accept gives its number to the next client
 */
#include <pthread.h>
#include <stdint.h>
#include <unistd.h>
#include "server.h"

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;

	serve_client(connfd);
	close(connfd);
	return NULL;
}

void run_server(int listenfd)
{
	pthread_attr_t attr;
	int previous = -1;

	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pthread_t thread;

		/* By now the thread has surely taken it over. */
		if (previous != -1)
			close(previous);
		if (pthread_create(&thread, &attr, serve, (void *)(intptr_t)connfd) != 0)
			close(connfd);
		previous = connfd;
	}
}
