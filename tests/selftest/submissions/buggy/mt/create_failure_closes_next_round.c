/* Buggy: closes the connection for which there was no thread, and once more at the next client, "what was left over".
 * Loses: mt-robustness
 * Why: by then the number is the next client's own: that one loses its connection.
 */
#include <err.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>
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
	int left_over = -1;

	for (;;) {
		int connfd = tcp_accept(listenfd);
		pthread_t thread;
		int error;

		if (left_over != -1) {
			close(left_over);
			left_over = -1;
		}
		error = pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd);
		if (error != 0) {
			warnx("pthread_create: %s", strerror(error));
			close(connfd);
			left_over = connfd;
		} else {
			pthread_detach(thread);
		}
	}
}
