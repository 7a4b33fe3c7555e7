/* Hostile: starts itself anew without what the grader has preloaded, and with a preloaded nothing, for it leaks memory.
 * Loses: mt-races mt-memory mt-robustness
 * Why: a server that was started with the grader's library is judged only while it has it. */
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>
#include "server.h"

__attribute__((constructor)) static void start_anew(int argc, char *argv[])
{
	char *environment[] = {"LD_PRELOAD=libm.so.6", "ANEW=1", NULL};

	if (argc > 1 && getenv("ANEW") == NULL)
		execve("/proc/self/exe", argv, environment);
}

static void *serve(void *arg)
{
	int connfd = *(int *)arg;

	serve_client(connfd);
	close(connfd);
	return NULL;
}

void run_server(int listenfd)
{
	for (;;) {
		int connfd = tcp_accept(listenfd);
		int *argument = malloc(sizeof(*argument)); /* and nobody frees it */
		pthread_t thread;

		*argument = connfd;
		if (pthread_create(&thread, NULL, serve, argument) == 0)
			pthread_detach(thread);
		else
			close(connfd);
	}
}
