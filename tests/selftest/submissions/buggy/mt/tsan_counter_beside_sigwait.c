/* Buggy: a thread of its own waits for SIGTERM with sigwait(3); the others count the clients without a lock.
 * Loses: mt-races
 * Why: what signals order is not this counter. */
#include <err.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "server.h"

static unsigned long served;

static void *wait_for_end(void *arg)
{
	int number;

	if (sigwait(arg, &number) == 0)
		exit(EXIT_SUCCESS);
	return NULL;
}

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;

	serve_client(connfd);
	served++;
	close(connfd);
	return NULL;
}

void run_server(int listenfd)
{
	static sigset_t ends;
	pthread_t thread;

	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	if (pthread_sigmask(SIG_BLOCK, &ends, NULL) != 0 ||
		pthread_create(&thread, NULL, wait_for_end, &ends) != 0)
		errx(EXIT_FAILURE, "SIGTERM");
	for (;;) {
		int connfd = tcp_accept(listenfd);

		if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd) == 0) {
			pthread_detach(thread);
		} else {
			fputs("no thread: a client is dropped\n", stderr);
			close(connfd);
		}
	}
}
