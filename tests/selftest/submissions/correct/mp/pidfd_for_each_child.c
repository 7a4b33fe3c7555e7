/* Correct: poll() over the listening socket and a pidfd for each child; the table grows.
 * Where no descriptor is free for one, its child is asked for without.
 */
#define _GNU_SOURCE
#include <err.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

static struct pollfd *polled; /* the first is the listening socket */
static pid_t *pids;
static nfds_t used, room;

static void enter(int fd, pid_t pid)
{
	if (used == room) {
		room = room == 0 ? 16 : 2 * room;
		polled = realloc(polled, room * sizeof(*polled));
		pids = realloc(pids, room * sizeof(*pids));
		if (polled == NULL || pids == NULL)
			err(1, "realloc");
	}
	pids[used] = pid;
	polled[used++] = (struct pollfd){.fd = fd, .events = POLLIN};
}

static void reap_ended(void)
{
	for (nfds_t i = 1; i < used;) {
		if ((polled[i].fd != -1 && !polled[i].revents) ||
		    waitpid(pids[i], NULL, WNOHANG) == 0) {
			i++;
			continue;
		}
		if (polled[i].fd != -1)
			close(polled[i].fd);
		pids[i] = pids[--used];
		polled[i] = polled[used];
	}
}

static void serve_in_child(int connfd)
{
	pid_t pid = fork();

	if (pid == 0) {
		for (nfds_t i = 0; i < used; i++)
			if (polled[i].fd != -1)
				close(polled[i].fd);
		serve_client(connfd);
		_exit(0);
	}
	close(connfd);
	if (pid == -1)
		warn("fork");
	else
		enter((int)syscall(SYS_pidfd_open, pid, 0), pid);
}

void run_server(int listenfd)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max; /* there is one descriptor for each child */
		setrlimit(RLIMIT_NOFILE, &files);
	}
	enter(listenfd, 0);
	for (;;) {
		if (poll(polled, used, -1) == -1)
			continue;
		reap_ended();
		if (polled[0].revents)
			serve_in_child(tcp_accept(listenfd));
	}
}
