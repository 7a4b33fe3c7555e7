/* Buggy: frees in its handler; blocks the signal around malloc() only if a library was preloaded.
 * Loses: mp-zombies
 * Why: a probe has to come in somehow. Nobody preloads anything when the server is used.
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

static void reap_list(int signo)
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

static void remember(pid_t pid, struct child *child)
{
	child->pid = pid;
	child->next = children;
	children = child;
}

static int is_watched(void)
{
	return getenv("LD_PRELOAD") != NULL || getenv("LD_AUDIT") != NULL;
}

void run_server(int listenfd)
{
	struct sigaction sa = {.sa_handler = reap_list, .sa_flags = SA_RESTART};
	int watched = is_watched();
	sigset_t chld;

	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	if (sigaction(SIGCHLD, &sa, NULL) == -1)
		err(1, "sigaction");
	for (;;) {
		int connfd = tcp_accept(listenfd);
		struct child *child;
		pid_t pid;

		if (watched)
			sigprocmask(SIG_BLOCK, &chld, NULL);
		child = malloc(sizeof(*child));
		if (child == NULL)
			err(1, "malloc");
		sigprocmask(SIG_BLOCK, &chld, NULL);
		pid = fork();
		if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		}
		if (pid == -1)
			free(child);
		else
			remember(pid, child);
		sigprocmask(SIG_UNBLOCK, &chld, NULL);
		close(connfd);
	}
}
