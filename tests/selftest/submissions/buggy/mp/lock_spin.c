/* Buggy: a spin lock in shared memory around the service.
 * Loses: mp-speedup
 * Why: one child makes progress at a time, all eight use processor time: many times the work of one request.
 */
#include <err.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>
#include "server.h"

static atomic_int *taken;

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
	taken = mmap(NULL, sizeof(*taken), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (taken == MAP_FAILED)
		err(1, "mmap");
	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == -1)
			warn("fork");
		if (pid == 0) {
			close(listenfd);
			await_request(connfd);
			for (int free = 0; !atomic_compare_exchange_weak(taken, &free, 1); free = 0)
				;
			serve_client(connfd);
			atomic_store(taken, 0);
			_exit(0);
		}
		close(connfd);
	}
}
