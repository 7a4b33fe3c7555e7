/* Buggy: a semaphore lets four children compute at a time.
 * Loses: mp-speedup
 * Why: four of eight requests wait, on however many processors.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <poll.h>
#include <semaphore.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server.h"

/* Returns when a whole request is there, or none will come any more. */
static void await_request(int connfd)
{
	struct pollfd end = {.fd = connfd, .events = POLLRDHUP};
	char peeked[32];
	ssize_t n;

	do
		n = recv(connfd, peeked, sizeof(peeked), MSG_PEEK);
	while (n > 0 && n < (ssize_t)sizeof(peeked) && memchr(peeked, '\n', (size_t)n) == NULL &&
	       poll(&end, 1, 1) == 0);
}

static sem_t *turn;

static void make_semaphore(unsigned int value)
{
	turn = mmap(NULL, sizeof(*turn), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (turn == MAP_FAILED || sem_init(turn, 1, value) == -1)
		err(1, "semaphore");
}

static void take_turn(void)
{
	while (sem_wait(turn) == -1 && errno == EINTR)
		;
}

static void serve(int connfd)
{
	await_request(connfd);
	take_turn();
	serve_client(connfd);
	sem_post(turn);
}

void run_server(int listenfd)
{
	make_semaphore(4);
	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == -1)
			warn("fork");
		if (pid == 0) {
			close(listenfd);
			serve(connfd);
			_exit(0);
		}
		close(connfd);
	}
}
