/* Buggy: passes the address of connfd, and the thread casts the pointer itself to int.
 * Loses: everything
 * Why: the thread's descriptor is half an address: no client gets an answer.
 */
#include <err.h>
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
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pthread_t thread;

		if (pthread_create(&thread, NULL, serve, &connfd) != 0) {
			warnx("pthread_create");
			close(connfd);
		} else {
			pthread_detach(thread);
		}
	}
}
