/* Buggy: more than four clients at once are told that the server is busy.
 * Loses: mt-concurrency
 * Why: four silent clients are enough to turn everybody else away; the line that they get is no reply.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server.h"

#define MAX_CLIENTS 4

static atomic_int clients;

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;

	serve_client(connfd);
	close(connfd);
	atomic_fetch_sub(&clients, 1);
	return NULL;
}

void run_server(int listenfd)
{
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pthread_t thread;

		if (atomic_fetch_add(&clients, 1) >= MAX_CLIENTS) {
			send(connfd, "error: busy\n", 12, MSG_NOSIGNAL);
		} else if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd) == 0) {
			pthread_detach(thread);
			continue;
		}
		atomic_fetch_sub(&clients, 1);
		close(connfd);
	}
}
