/* Correct: the handler frees and prints; SIGCHLD is blocked except while the loop waits for a client. */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include "server.h"

struct child {
	pid_t pid;
	struct child *next;
};

static struct child *children;

static void on_child(int signo)
{
	int saved_errno = errno;
	pid_t pid;

	(void)signo;
	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0) {
		struct child **link = &children;

		while (*link != NULL && (*link)->pid != pid)
			link = &(*link)->next;
		if (*link != NULL) {
			struct child *ended = *link;

			*link = ended->next;
			free(ended);
		}
		printf("child %d has ended\n", (int)pid);
		fflush(stdout);
	}
	errno = saved_errno;
}

static void wait_for_client(int listenfd, const sigset_t *unblocked)
{
	struct pollfd incoming = {.fd = listenfd, .events = POLLIN};

	while (ppoll(&incoming, 1, NULL, unblocked) == -1 && errno == EINTR)
		;
}

void run_server(int listenfd)
{
	struct sigaction act = {.sa_handler = on_child, .sa_flags = SA_RESTART};
	sigset_t chld, before;

	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &chld, &before) == -1 || sigaction(SIGCHLD, &act, NULL) == -1)
		err(EXIT_FAILURE, "SIGCHLD");
	for (;;) {
		struct child *child = malloc(sizeof(*child));
		int connfd;

		wait_for_client(listenfd, &before);
		connfd = tcp_accept(listenfd);
		child = child == NULL ? malloc(sizeof(*child)) : child;
		if (child == NULL || (child->pid = fork()) == -1) {
			warn("a client is dropped");
			free(child);
		} else if (child->pid == 0) {
			signal(SIGCHLD, SIG_DFL);
			sigprocmask(SIG_SETMASK, &before, NULL);
			close(listenfd);
			serve_client(connfd);
			_exit(EXIT_SUCCESS);
		} else {
			child->next = children;
			children = child;
		}
		close(connfd);
	}
}
