/* Buggy: a list of the children's pids in 16 bits each, asked for one by one.
 * Loses: mp-zombies
 * Why: a pid above 65535 is cut: waitpid() knows no such child, and the entry is given up.
 */
#include <err.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

static uint16_t *pids;
static size_t living, room;

static void reap_listed(void)
{
	for (size_t i = 0; i < living;)
		if (waitpid(pids[i], NULL, WNOHANG) == 0)
			i++;
		else
			pids[i] = pids[--living];
}

static void enter(pid_t pid)
{
	if (living == room) {
		room = 2 * room + 64;
		pids = realloc(pids, room * sizeof(*pids));
		if (pids == NULL)
			err(1, "realloc");
	}
	pids[living++] = (uint16_t)pid;
}

void run_server(int listenfd)
{
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid;

		reap_listed();
		pid = fork();
		if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		}
		if (pid == -1)
			warn("fork");
		else
			enter(pid);
		close(connfd);
	}
}
