/* Buggy: a thread reads pids from a pipe, and waits for one child after the other.
 * Loses: mp-zombies
 * Why: it blocks in waitpid() for the child of a silent client, and the others wait behind it.
 */
#include <err.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

static int pids[2];

static void *reaper(void *arg)
{
	pid_t pid;

	while (read(pids[0], &pid, sizeof(pid)) == (ssize_t)sizeof(pid))
		waitpid(pid, NULL, 0);
	return arg;
}

void run_server(int listenfd)
{
	pthread_t thread;

	if (pipe(pids) == -1)
		err(1, "pipe");
	if (pthread_create(&thread, NULL, reaper, NULL) != 0)
		errx(1, "no thread");
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == 0) {
			close(listenfd);
			close(pids[0]);
			close(pids[1]);
			serve_client(connfd);
			_exit(0);
		}
		if (pid == -1)
			warn("fork");
		else if (write(pids[1], &pid, sizeof(pid)) == -1)
			warn("pipe");
		close(connfd);
	}
}
