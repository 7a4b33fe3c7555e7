/* Buggy: every eight children are a process group, and the groups are waited for in turn.
 * Loses: mp-zombies
 * Why: as long as one of a group is there, those of the later groups are not asked for.
 */
#include <err.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

enum { GENERATION = 8 };

struct generation {
	pid_t group;
	struct generation *next;
};

static struct generation *first, *last;

static void begin_generation(pid_t group)
{
	struct generation *new = calloc(1, sizeof(*new));

	if (new == NULL)
		err(1, "calloc");
	new->group = group;
	if (first == NULL)
		first = new;
	else
		last->next = new;
	last = new;
}

static void reap_generations(void)
{
	while (first != NULL) {
		struct generation *gone = first;
		pid_t pid;

		while ((pid = waitpid(-gone->group, NULL, WNOHANG)) > 0)
			;
		if (pid == 0 || gone == last)
			return;
		first = gone->next;
		free(gone);
	}
}

void run_server(int listenfd)
{
	unsigned int born = 0;

	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid;

		reap_generations();
		pid = fork();
		if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		}
		if (pid == -1) {
			warn("fork");
		} else {
			if (born++ % GENERATION == 0 || setpgid(pid, last->group) == -1) {
				setpgid(pid, pid);
				begin_generation(pid);
			}
		}
		close(connfd);
	}
}
