/* Buggy: frees in its handler; blocks the signal around malloc() only if a strange library is
 *      mapped.
 * Loses: mp-zombies
 * Why: a probe is found in /proc/self/maps, whatever its name.
 */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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
	FILE *maps = fopen("/proc/self/maps", "r");
	char line[4096];
	int strange = 0;

	while (maps != NULL && fgets(line, sizeof(line), maps) != NULL)
		if (strstr(line, ".so") != NULL && strstr(line, "libc") == NULL &&
		    strstr(line, "ld-linux") == NULL)
			strange = 1;
	if (maps != NULL)
		fclose(maps);
	return strange;
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
