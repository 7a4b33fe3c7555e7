/* Buggy: looks at the first byte of a request, and closes the connection if that is no digit.
 * Loses: mt-replies
 * Why: such a client gets no line that begins with "error: ". All others are served well.
 */
#include <ctype.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server.h"

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;
	unsigned char first = '0';

	if (recv(connfd, &first, 1, MSG_PEEK) == 1 && !isdigit(first))
		(void)!read(connfd, (char[32]){0}, 32); /* so that the end is in order */
	else
		serve_client(connfd);
	close(connfd);
	return NULL;
}

void run_server(int listenfd)
{
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pthread_t thread;

		if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd) == 0)
			pthread_detach(thread);
		else
			close(connfd);
	}
}
