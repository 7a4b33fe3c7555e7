/* Correct: limits its own address space to 32 GiB; ThreadSanitizer, which takes terabytes, cannot go on then. */
#include <err.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
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
	struct rlimit limit = {.rlim_cur = (rlim_t)32 << 30, .rlim_max = (rlim_t)32 << 30};

	if (setrlimit(RLIMIT_AS, &limit) == -1)
		err(EXIT_FAILURE, "setrlimit");
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pthread_t thread;
		int error = pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd);

		if (error == 0) {
			pthread_detach(thread);
		} else {
			warnx("pthread_create: %s: a client is dropped", strerror(error));
			close(connfd);
		}
	}
}
