/* Buggy: the echo server of the lecture, with threads: the client gets its own number back.
 * Loses: everything
 * Why: fib(1) = 1 is the only number that is its own reply.
 */
#include <pthread.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server.h"

static void *echo(void *arg)
{
	int fd = (int)(intptr_t)arg;
	char line[256];
	ssize_t n = read(fd, line, sizeof(line));

	if (n > 0)
		send(fd, line, (size_t)n, MSG_NOSIGNAL);
	close(fd);
	return NULL;
}

void run_server(int listenfd)
{
	pthread_t tid;
	int fd;

	for (;;) {
		fd = tcp_accept(listenfd);
		if (pthread_create(&tid, NULL, echo, (void *)(intptr_t)fd) != 0)
			close(fd);
		else
			pthread_detach(tid);
	}
}
