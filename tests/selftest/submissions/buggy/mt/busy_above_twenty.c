/* Buggy: more than twenty clients at once get "error: busy", in order, by a thread that has read their request.
 * Loses: mt-robustness
 * Why: an error line is no reply to a right request. Up to twenty get theirs.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server.h"

enum { MOST = 20 };

static atomic_int clients;

static void turn_away(int connfd)
{
	static const char busy[] = "error: busy\n";
	char request[64];

	if (recv(connfd, request, sizeof(request), 0) > 0)
		send(connfd, busy, strlen(busy), MSG_NOSIGNAL);
}

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;

	if (atomic_fetch_add(&clients, 1) < MOST)
		serve_client(connfd);
	else
		turn_away(connfd);
	close(connfd);
	atomic_fetch_sub(&clients, 1);
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
