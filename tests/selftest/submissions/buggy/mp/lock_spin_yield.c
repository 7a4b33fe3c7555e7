/* Buggy: a flag in shared memory around the service, tried for and yielded for.
 * Loses: mp-speedup
 * Why: one child computes at a time, while the others burn the processors in sched_yield.
 */
#include <err.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>
#include "server.h"

static atomic_flag *busy;

/* Returns when a whole request waits in the socket, or none will come any more. */
static void await_request(int connfd)
{
	char peeked[32];
	ssize_t n;

	for (;;) {
		n = recv(connfd, peeked, sizeof(peeked), MSG_PEEK);
		if (n <= 0 || n == (ssize_t)sizeof(peeked) || memchr(peeked, '\n', (size_t)n) != NULL)
			return;
		usleep(2000);
	}
}

void run_server(int listenfd)
{
	busy = mmap(NULL, sizeof(*busy), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (busy == MAP_FAILED)
		err(1, "mmap");
	atomic_flag_clear(busy);
	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == -1)
			warn("fork");
		if (pid == 0) {
			close(listenfd);
			await_request(connfd);
			while (atomic_flag_test_and_set(busy))
				sched_yield();
			serve_client(connfd);
			atomic_flag_clear(busy);
			_exit(0);
		}
		close(connfd);
	}
}
