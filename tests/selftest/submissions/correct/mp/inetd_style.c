/* Correct: as inetd does: the child's connection becomes descriptors 0 and 1, everything else is closed. */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include "server.h"

static void close_all_from(int lowest)
{
	long max = sysconf(_SC_OPEN_MAX);

	for (int fd = lowest; fd < max && fd < 4096; fd++)
		close(fd);
}

static void spawn_service(int listenfd, int connfd)
{
	pid_t pid = fork();

	if (pid == -1) {
		warn("fork");
		return;
	}
	if (pid > 0)
		return;
	if (dup2(connfd, STDIN_FILENO) == STDIN_FILENO && dup2(connfd, STDOUT_FILENO) == STDOUT_FILENO) {
		close_all_from(STDERR_FILENO + 1);
		connfd = STDIN_FILENO;
	} else {
		close_all_from(connfd + 1);	/* then it is served where it is */
		close(listenfd);
	}
	serve_client(connfd);
	_exit(0);
}

static void retire(int sig)
{
	int saved = errno;

	while (waitpid(-1, NULL, WNOHANG) > 0)
		(void)sig;
	errno = saved;
}

void run_server(int listenfd)
{
	struct sigaction sa = { .sa_handler = retire, .sa_flags = SA_RESTART };

	sigaction(SIGCHLD, &sa, NULL);
	for (;;) {
		int connfd = tcp_accept(listenfd);

		spawn_service(listenfd, connfd);
		close(connfd);
	}
}
