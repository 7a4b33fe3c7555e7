/* Buggy: the children hand a lock around, a few milliseconds for each of them.
 * Loses: mp-speedup
 * Why: all get on, but one at a time: eight requests take eight times as long, on however many
 *      processors.
 */
#include <err.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/socket.h>
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

struct turns {
	atomic_uint next, now;
};

static struct turns *turns;

/* A ticket lock: first come, first served. */
static void lock(void)
{
	unsigned int ticket = atomic_fetch_add(&turns->next, 1);

	while (atomic_load(&turns->now) != ticket)
		usleep(200);
}

static void unlock(void)
{
	atomic_fetch_add(&turns->now, 1);
}

__attribute__((noinline)) static unsigned long fib(int n)
{
	unsigned long sum;

	__asm__ volatile("" : "+r"(n));
	if (n < 2)
		return 1;
	sum = fib(n - 1) + fib(n - 2);
	if (n == 30) { /* so much at a time */
		unlock();
		lock();
	}
	return sum;
}

static void reply(int fd)
{
	unsigned long number;
	int n = read_number(fd);

	if (n < 0) {
		dprintf(fd, "error: not a number from 0 to 40\n");
		return;
	}
	lock();
	number = fib(n);
	unlock();
	dprintf(fd, "%lu\n", number);
}

void run_server(int listenfd)
{
	turns = mmap(NULL, sizeof(*turns), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		0);
	if (turns == MAP_FAILED)
		err(1, "mmap");
	signal(SIGCHLD, SIG_IGN);
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
