/* Buggy: a semaphore lets two children compute at a time, "one for each processor".
 * Loses: mp-speedup
 * Why: eight requests at once are to run at once; on a machine with more processors the others idle.
 */
#include <err.h>
#include <errno.h>
#include <semaphore.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>
#include "server.h"

enum { PROCESSORS = 2 };

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
	sem_t *slots = mmap(NULL, sizeof(sem_t), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (slots == MAP_FAILED || sem_init(slots, 1, PROCESSORS) == -1)
		err(1, "semaphore");
	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == -1)
			warn("fork");
		if (pid == 0) {
			close(listenfd);
			await_request(connfd);
			while (sem_wait(slots) == -1 && errno == EINTR)
				;
			serve_client(connfd);
			sem_post(slots);
			_exit(0);
		}
		close(connfd);
	}
}
