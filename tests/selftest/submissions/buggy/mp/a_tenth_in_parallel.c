/* Buggy: each child computes a tenth of the work by itself, then all of it when its turn comes.
 * Loses: mp-speedup
 * Why: fib(n - 5) is there to be seen computing; what the client waits for is computed one after
 *      the other.
 */
#include <err.h>
#include <errno.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

/* Reads a line of digits, to its end; -1 if it is no number from 0 to 40. */
static int read_number(int fd)
{
	int n = 0, digits = 0, wrong = 0;
	char c;

	for (int i = 0; i < 32 && recv(fd, &c, 1, 0) == 1 && c != '\n'; i++) {
		if (c == '\r')
			continue;
		if (c < '0' || c > '9' || (digits > 0 && n == 0) || digits == 2)
			wrong = 1;
		else
			n = n * 10 + (c - '0');
		digits++;
	}
	return digits == 0 || wrong || n > 40 ? -1 : n;
}

__attribute__((noinline)) static unsigned long fib(int n)
{
	__asm__ volatile("" : "+r"(n));
	return n < 2 ? 1 : fib(n - 1) + fib(n - 2);
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

static void reply(int fd)
{
	int n = read_number(fd);

	if (n < 0) {
		dprintf(fd, "error: not a number from 0 to 40\n");
		return;
	}
	if (n > 5 && fib(n - 5) == 0)
		return;
	take_turn();
	dprintf(fd, "%lu\n", fib(n));
	sem_post(turn);
}

static void reap(int signo)
{
	int saved = errno;

	(void)signo;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	errno = saved;
}

void run_server(int listenfd)
{
	struct sigaction sa = {.sa_handler = reap, .sa_flags = SA_RESTART};

	make_semaphore(1);
	if (sigaction(SIGCHLD, &sa, NULL) == -1)
		err(1, "sigaction");
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == -1)
			warn("fork");
		if (pid == 0) {
			close(listenfd);
			reply(connfd);
			_exit(0);
		}
		close(connfd);
	}
}
