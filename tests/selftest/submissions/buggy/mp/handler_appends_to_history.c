/* Buggy: the handler keeps a history of ended children in memory that it reallocates.
 * Loses: mp-zombies
 * Why: the loop allocates as well, and the handler may interrupt it in the allocator
 *      (signal-safety(7)).
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

static pid_t *history;
static size_t ended;

static void on_sigchld(int signo)
{
	int saved = errno;
	pid_t pid;

	(void)signo;
	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0) {
		pid_t *longer = realloc(history, (ended + 1) * sizeof(*history));

		if (longer == NULL)
			continue;
		history = longer;
		history[ended++] = pid;
	}
	errno = saved;
}

void run_server(int listenfd)
{
	struct sigaction sa = {.sa_handler = on_sigchld, .sa_flags = SA_RESTART};

	if (sigaction(SIGCHLD, &sa, NULL) == -1)
		err(1, "sigaction");
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();
		char *line = NULL;

		if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		}
		if (asprintf(&line, "process %d for a client\n", pid) > 0)
			fputs(line, stderr);
		free(line);
		close(connfd);
	}
}
