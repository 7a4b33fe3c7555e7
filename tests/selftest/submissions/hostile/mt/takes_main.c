/* Hostile: makes main another one by a macro, and a weak service.
 * Loses: nothing
 * Why: the given files are compiled without it, and its weak service yields to theirs. */
#include <pthread.h>
#include <stdint.h>
#include <unistd.h>
#include "server.h"

#define main my_main
int main(void)
{
	return 0;
}

__attribute__((weak)) void serve_client(int connfd)
{
	write(connfd, "1\n", 2);
}

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

		if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd) == 0)
			pthread_detach(thread);
		else
			close(connfd);
	}
}
