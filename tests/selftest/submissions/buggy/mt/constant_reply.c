/* Buggy: a placeholder for the service, which was to be replaced "when the threads work": every client gets 42.
 * Loses: everything
 * Why: nobody reads the request. A thread for each client it is, but not of a server.
 */
#include <pthread.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server.h"

static void *serve(void *arg)
{
	int fd = (int)(intptr_t)arg;
	char request[64];

	if (recv(fd, request, sizeof(request), 0) > 0)
		send(fd, "42\n", 3, MSG_NOSIGNAL);
	close(fd);
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
