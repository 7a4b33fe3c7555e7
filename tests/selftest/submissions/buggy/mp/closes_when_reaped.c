/* Buggy: the parent keeps each connection until it has reaped the child.
 * Loses: mp-descriptors
 * Why: children forked meanwhile inherit it, so one client's end waits until another, silent one leaves.
 */
#include <err.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

#define LIMIT 4096

static struct { pid_t pid; int fd; } job[LIMIT];
static int jobs;

static void nothing(int signo) { (void)signo; }

static void finish_jobs(void)
{
	pid_t pid;

	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
		for (int i = 0; i < jobs; i++)
			if (job[i].pid == pid) {
				close(job[i].fd);
				job[i] = job[--jobs];
				break;
			}
}

void run_server(int listenfd)
{
	struct sigaction sa = { .sa_handler = nothing };
	struct pollfd in = { .fd = listenfd, .events = POLLIN };

	sigaction(SIGCHLD, &sa, NULL);

	for (;;) {
		int ready = poll(&in, 1, 50);	/* SIGCHLD ends the wait, and so does time */

		finish_jobs();
		if (ready != 1)
			continue;
		int connfd = tcp_accept(listenfd);
		pid_t pid = jobs < LIMIT ? fork() : -1;

		if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		}
		if (pid == -1) {
			warn("fork");
			close(connfd);
			continue;
		}
		job[jobs].pid = pid;
		job[jobs++].fd = connfd;
	}
}
