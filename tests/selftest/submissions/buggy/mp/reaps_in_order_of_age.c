/* Buggy: a queue of children, from which the oldest is waited for, and then the next.
 * Loses: mp-zombies
 * Why: while the oldest serves a silent client, all that ended after it stay zombies.
 */
#include <err.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

struct child {
	pid_t pid;
	struct child *next;
};

static struct child *oldest, **end = &oldest;

static void remember(pid_t pid)
{
	struct child *child = malloc(sizeof(*child));

	if (child == NULL)
		err(1, "malloc");
	*child = (struct child){.pid = pid};
	*end = child;
	end = &child->next;
}

static void reap_oldest_first(void)
{
	while (oldest != NULL && waitpid(oldest->pid, NULL, WNOHANG) != 0) {
		struct child *gone = oldest;

		oldest = gone->next;
		if (oldest == NULL)
			end = &oldest;
		free(gone);
	}
}

void run_server(int listenfd)
{
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid;

		reap_oldest_first();
		pid = fork();
		if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		}
		if (pid == -1)
			warn("fork");
		else
			remember(pid);
		close(connfd);
	}
}
