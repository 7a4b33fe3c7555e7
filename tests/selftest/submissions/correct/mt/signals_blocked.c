/* Correct: the threads are created with all signals blocked, so that only the main thread takes any. */
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include "server.h"

static void *serve_thread(void *arg)
{
	int fd = (int)(intptr_t)arg;

	serve_client(fd);
	close(fd);
	return NULL;
}

static int spawn(int fd)
{
	sigset_t all, before;
	pthread_t thread;
	int error;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);	/* inherited by the new thread */
	error = pthread_create(&thread, NULL, serve_thread, (void *)(intptr_t)fd);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (error == 0)
		pthread_detach(thread);
	return error;
}

static void on_hangup(int signo)
{
	static const char text[] = "hangup ignored\n";

	(void)signo;
	if (write(STDERR_FILENO, text, sizeof(text) - 1) == -1)
		return;
}

void run_server(int listenfd)
{
	struct sigaction action = { .sa_handler = on_hangup };	/* no SA_RESTART: tcp_accept goes on after EINTR */

	sigaction(SIGHUP, &action, NULL);
	for (;;) {
		int fd = tcp_accept(listenfd);

		if (spawn(fd) != 0)
			close(fd);
	}
}
