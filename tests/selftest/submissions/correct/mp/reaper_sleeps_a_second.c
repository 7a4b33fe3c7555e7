/* Correct: a thread of the parent reaps all that have ended, and sleeps a second in between. */
#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

static void *reaper(void *arg)
{
	for (;;) {
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
		sleep(1);
	}
	return arg;
}

void run_server(int listenfd)
{
	pthread_t thread;

	errno = pthread_create(&thread, NULL, reaper, NULL);
	if (errno != 0)
		err(1, "pthread_create");
	pthread_detach(thread);
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == -1)
			warn("fork");
		if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		}
		close(connfd);
	}
}
