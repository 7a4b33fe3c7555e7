/* Correct: SIGCHLD is blocked while the list of children changes, from fork to the end of the entry. */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

struct child {
	pid_t pid;
	volatile int ended;
	struct child *next;
};

static struct child *children;

/* Marks only: free() is not for handlers. */
static void sigchld(int signo)
{
	int saved_errno = errno;
	pid_t pid;

	(void)signo;
	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
		for (struct child *c = children; c != NULL; c = c->next)
			if (c->pid == pid)
				c->ended = 1;
	errno = saved_errno;
}

static void free_ended(void)
{
	struct child **link = &children;

	while (*link != NULL) {
		struct child *c = *link;

		if (c->ended) {
			*link = c->next;
			free(c);
		} else {
			link = &c->next;
		}
	}
}

void run_server(int listenfd)
{
	struct sigaction action = { .sa_handler = sigchld, .sa_flags = SA_RESTART };
	sigset_t chld, old;

	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	if (sigaction(SIGCHLD, &action, NULL) == -1)
		err(1, "sigaction");
	for (;;) {
		int connfd = tcp_accept(listenfd);
		struct child *c;

		sigprocmask(SIG_BLOCK, &chld, &old);
		free_ended();
		c = calloc(1, sizeof *c);
		if (c == NULL)
			warn("calloc");
		if (c != NULL && (c->pid = fork()) == 0) {
			signal(SIGCHLD, SIG_DFL);
			sigprocmask(SIG_SETMASK, &old, NULL);
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		}
		if (c != NULL && c->pid == -1) {
			warn("fork");
			free(c);
		} else if (c != NULL) {
			c->next = children;
			children = c;
		}
		sigprocmask(SIG_SETMASK, &old, NULL);
		close(connfd);
	}
}
