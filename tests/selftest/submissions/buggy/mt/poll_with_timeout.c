/* Buggy: the thread polls for the request for five seconds, and hangs up if there is none.
 * Loses: mt-robustness
 * Why: somebody who types the number with the book in the other hand finds the connection closed.
 */
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <unistd.h>

#include "server.h"

#define PATIENCE_MS 5000

static void *serve(void *arg)
{
	struct pollfd request = {.fd = (int)(intptr_t)arg, .events = POLLIN};

	if (poll(&request, 1, PATIENCE_MS) == 1)
		serve_client(request.fd);
	close(request.fd);
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
