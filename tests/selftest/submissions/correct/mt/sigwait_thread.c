/* Correct: all signals are blocked but for one thread, which takes SIGUSR1 and SIGTERM by sigwait. */
#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "server.h"

static sigset_t awaited;
static atomic_ulong served;

static void *take_signals(void *unused)
{
	for (;;) {
		int number;

		if (sigwait(&awaited, &number) != 0)
			continue;
		fprintf(stderr, "%lu clients served\n", atomic_load(&served));
		if (number == SIGTERM)
			exit(EXIT_SUCCESS);
	}
	return unused;
}

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;

	serve_client(connfd);
	close(connfd);
	atomic_fetch_add(&served, 1);
	return NULL;
}

void run_server(int listenfd)
{
	pthread_t taker;

	sigemptyset(&awaited);
	sigaddset(&awaited, SIGUSR1);
	sigaddset(&awaited, SIGTERM);
	if ((errno = pthread_sigmask(SIG_BLOCK, &awaited, NULL)) != 0)
		err(EXIT_FAILURE, "pthread_sigmask");
	if ((errno = pthread_create(&taker, NULL, take_signals, NULL)) != 0)
		err(EXIT_FAILURE, "pthread_create");
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pthread_t thread;

		if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd) == 0)
			pthread_detach(thread);
		else
			close(connfd);
	}
}
