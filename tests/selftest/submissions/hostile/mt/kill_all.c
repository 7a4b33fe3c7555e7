/* Hostile: kills its parent, its parent's group, and whomever it can.
 * Loses: nothing
 * Why: signals do not leave the box. */
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <unistd.h>
#include "server.h"

__attribute__((constructor)) static void first(void)
{
	kill(-1, SIGKILL);
	if (getpgid(getppid()) > 1)
		kill(-getpgid(getppid()), SIGKILL);
	for (pid_t pid = 2; pid < 70000; pid++)
		if (pid != getpid())
			kill(pid, SIGKILL);
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
