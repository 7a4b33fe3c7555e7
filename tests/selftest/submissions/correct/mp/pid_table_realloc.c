/* Correct: a table of pids that grows and shrinks, each asked for by waitid(WNOHANG). */
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "server.h"

static struct {
	pid_t *pids;
	size_t count, room;
} table;

static int make_room(void)
{
	size_t room = table.room ? 2 * table.room : 16;
	pid_t *pids;

	if (table.count < table.room)
		return 1;
	pids = realloc(table.pids, room * sizeof *pids);
	if (pids == NULL)
		return 0;
	table.pids = pids;
	table.room = room;
	return 1;
}

static void give_back_room(void)
{
	pid_t *pids;

	if (table.room <= 16 || table.count > table.room / 4)
		return;
	pids = realloc(table.pids, table.room / 2 * sizeof *pids);
	if (pids != NULL) {
		table.pids = pids;
		table.room /= 2;
	}
}

static void sweep(void)
{
	size_t i = 0;

	while (i < table.count) {
		siginfo_t info;

		memset(&info, 0, sizeof info);
		if (waitid(P_PID, (id_t)table.pids[i], &info, WEXITED | WNOHANG) == 0 && info.si_pid == 0) {
			i++;		/* still at work */
			continue;
		}
		table.pids[i] = table.pids[--table.count];
	}
	give_back_room();
}

void run_server(int listenfd)
{
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = -1;

		sweep();
		if (!make_room())
			errno = ENOMEM;
		else
			pid = fork();
		if (pid == 0) {
			free(table.pids);
			close(listenfd);
			serve_client(connfd);
			close(connfd);
			exit(0);
		}
		if (pid > 0)
			table.pids[table.count++] = pid;
		else
			warn("one client less");
		close(connfd);
	}
}
