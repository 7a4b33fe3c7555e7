/* Buggy: from thirty connections on, ended ones are reset, so that "the kernel gets rid of them faster".
 * Loses: mt-robustness
 * Why: a client in a crowd sees its connection reset after the reply. With few clients all end in order.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server.h"

static atomic_int connections;

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;

	serve_client(connfd);
	if (atomic_load(&connections) >= 30)
		setsockopt(connfd, SOL_SOCKET, SO_LINGER, &(struct linger){1, 0}, sizeof(struct linger));
	close(connfd);
	atomic_fetch_sub(&connections, 1);
	return NULL;
}

void run_server(int listenfd)
{
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pthread_t thread;

		atomic_fetch_add(&connections, 1);
		if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd) == 0) {
			pthread_detach(thread);
		} else {
			atomic_fetch_sub(&connections, 1);
			close(connfd);
		}
	}
}
