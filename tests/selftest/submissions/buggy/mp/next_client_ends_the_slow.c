/* Buggy: whoever has been served for three seconds is cut off when the next client comes.
 * Loses: mp-robustness
 * Why: a client may take its time; what ends its child is not even a shortage, but another client.
 */
#include <err.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "server.h"

struct child {
	pid_t pid;
	time_t born;
	struct child *next;
};

static struct child *children;

static void look_after(void)
{
	for (struct child **p = &children; *p != NULL;) {
		struct child *child = *p;

		if (time(NULL) - child->born >= 3)
			kill(child->pid, SIGKILL);
		if (waitpid(child->pid, NULL, WNOHANG) == 0) {
			p = &child->next;
			continue;
		}
		*p = child->next;
		free(child);
	}
}

static void remember(pid_t pid)
{
	struct child *child = malloc(sizeof(*child));

	if (child == NULL)
		err(1, "malloc");
	*child = (struct child){.pid = pid, .born = time(NULL), .next = children};
	children = child;
}

void run_server(int listenfd)
{
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid;

		look_after();
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
