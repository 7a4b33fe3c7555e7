/* Correct: pthread_atfork() closes the listening socket in each child. */
#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

static void reap(int signo)
{
	int saved = errno;

	(void)signo;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	errno = saved;
}

static int listening = -1;

static void in_child(void)
{
	close(listening);
}

void run_server(int listenfd)
{
	struct sigaction sa = {.sa_handler = reap, .sa_flags = SA_RESTART};

	listening = listenfd;
	errno = pthread_atfork(NULL, NULL, in_child);
	if (errno != 0)
		err(1, "pthread_atfork");
	if (sigaction(SIGCHLD, &sa, NULL) == -1)
		err(1, "sigaction");
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == -1)
			warn("fork");
		if (pid == 0) {
			serve_client(connfd);
			_exit(0);
		}
		close(connfd);
	}
}
