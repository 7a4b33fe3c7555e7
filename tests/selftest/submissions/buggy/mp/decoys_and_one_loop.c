/* Buggy: a child for each client, which only waits until the connection ends; the parent polls and
 *      serves.
 * Loses: mp-processes mp-robustness mp-speedup
 * Why: the decoys hold nothing and compute nothing: one process serves everybody, one request
 *      after the other, and who sends half a request holds up all.
 */
#include <err.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "server.h"

enum { MOST = 4096 };

static struct pollfd polled[MOST];
static int decoys[MOST]; /* the write end of a pipe: closed, it ends the decoy */
static nfds_t used = 1;

/* A process to be seen. */
static int make_decoy(int listenfd, int connfd)
{
	char byte;
	int life[2];

	if (pipe(life) == -1)
		return -1;
	switch (fork()) {
	case -1:
		warn("fork");
		close(life[0]);
		close(life[1]);
		return -1;
	case 0:
		close(listenfd);
		close(connfd);
		for (nfds_t i = 1; i < used; i++) {
			close(polled[i].fd);
			close(decoys[i]);
		}
		close(life[1]);
		(void)!read(life[0], &byte, 1);
		_exit(0);
	}
	close(life[0]);
	return life[1];
}

static void enter(int listenfd, int connfd)
{
	int decoy = used < MOST ? make_decoy(listenfd, connfd) : -1;

	if (decoy == -1) {
		close(connfd);
		return;
	}
	decoys[used] = decoy;
	polled[used++] = (struct pollfd){.fd = connfd, .events = POLLIN};
}

static void serve(nfds_t i)
{
	serve_client(polled[i].fd);
	close(polled[i].fd);
	close(decoys[i]);
	polled[i] = polled[--used];
	decoys[i] = decoys[used];
}

void run_server(int listenfd)
{
	signal(SIGCHLD, SIG_IGN);
	polled[0] = (struct pollfd){.fd = listenfd, .events = POLLIN};
	for (;;) {
		poll(polled, used, -1);
		for (nfds_t i = used - 1; i > 0; i--)
			if (polled[i].revents)
				serve(i);
		if (polled[0].revents)
			enter(listenfd, tcp_accept(listenfd));
	}
}
