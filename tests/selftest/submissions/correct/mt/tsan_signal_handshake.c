/* Correct: the new thread tells by a signal that it has copied the descriptor; the creator waits for that in sigwait(3). */
#include <err.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>
#include "server.h"

static pthread_t creator;
static int handed_over;

static void *serve(void *arg)
{
	int connfd = *(int *)arg;

	pthread_kill(creator, SIGUSR1);
	serve_client(connfd);
	close(connfd);
	return NULL;
}

void run_server(int listenfd)
{
	sigset_t taken;
	int number;

	creator = pthread_self();
	sigemptyset(&taken);
	sigaddset(&taken, SIGUSR1);
	if (pthread_sigmask(SIG_BLOCK, &taken, NULL) != 0)
		errx(EXIT_FAILURE, "pthread_sigmask");
	for (;;) {
		pthread_t thread;

		handed_over = tcp_accept(listenfd);
		if (pthread_create(&thread, NULL, serve, &handed_over) != 0) {
			warnx("no thread: a client is dropped");
			close(handed_over);
			continue;
		}
		pthread_detach(thread);
		while (sigwait(&taken, &number) != 0)
			;
	}
}
