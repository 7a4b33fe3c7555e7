/* Buggy: the handler takes ended children out of a list, and frees their entries.
 * Loses: mp-zombies
 * Why: free() in the handler while malloc() is interrupted: a deadlock, or a broken heap
 *      (signal-safety(7)).
 */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

struct child {
	pid_t pid;
	struct child *next;
};

static struct child *children;

static void on_sigchld(int signo)
{
	int saved = errno;

	(void)signo;
	for (struct child **p = &children; *p != NULL;) {
		struct child *child = *p;

		if (waitpid(child->pid, NULL, WNOHANG) == 0) {
			p = &child->next;
			continue;
		}
		*p = child->next;
		free(child);
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
		struct child *child = malloc(sizeof(*child));
		sigset_t chld, before;

		if (child == NULL)
			err(1, "malloc");
		sigemptyset(&chld);
		sigaddset(&chld, SIGCHLD);
		sigprocmask(SIG_BLOCK, &chld, &before); /* the list, but not malloc() */
		child->pid = fork();
		if (child->pid == 0) {
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		}
		if (child->pid == -1) {
			warn("fork");
			free(child);
		} else {
			child->next = children;
			children = child;
		}
		sigprocmask(SIG_SETMASK, &before, NULL);
		close(connfd);
	}
}
