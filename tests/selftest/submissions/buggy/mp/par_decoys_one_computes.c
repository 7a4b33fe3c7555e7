/* Buggy: a child for each client, which has one other process compute for it.
 * Loses: mp-processes mp-speedup
 * Why: the children only read and reply; one process, which was there before, computes for all, in
 *      turn.
 */
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server.h"

/* Reads a request; -1 if it is none. */
static int read_number(int fd)
{
	char line[33] = "";
	size_t used = 0;
	ssize_t got;
	char *end;

	while (used < sizeof(line) - 1 && strchr(line, '\n') == NULL) {
		got = recv(fd, line + used, sizeof(line) - 1 - used, 0);
		if (got <= 0)
			break;
		used += (size_t)got;
	}
	long n = strtol(line, &end, 10);
	return *line >= '0' && *line <= '9' && (*end == '\n' || *end == '\r' || *end == '\0') && n <= 40 ? (int)n : -1;
}

static void say(int fd, unsigned long number)
{
	char line[32];
	int length = snprintf(line, sizeof(line), "%lu\n", number);

	send(fd, line, (size_t)length, MSG_NOSIGNAL);
}

static void refuse(int fd)
{
	send(fd, "error: not a number from 0 to 40\n", 33, MSG_NOSIGNAL);
}

static __attribute__((noinline)) unsigned long fib(int n)
{
	__asm__ volatile("" : "+r"(n));
	return n < 2 ? 1 : fib(n - 1) + fib(n - 2);
}

enum { ORDERS = 4096 };

static struct order {
	int n;
	unsigned long result;
	sem_t ready;
} *all; /* of a client, by its process; shared */

static int orders[2]; /* a pipe, of numbers of orders */

static void compute(void)
{
	int number;

	while (read(orders[0], &number, sizeof(number)) == sizeof(number)) {
		all[number].result = fib(all[number].n);
		sem_post(&all[number].ready);
	}
}

static void serve(int fd)
{
	int n = read_number(fd);
	int mine = getpid() % ORDERS;

	if (n < 0) {
		refuse(fd);
		return;
	}
	all[mine].n = n;
	if (write(orders[1], &mine, sizeof(mine)) != sizeof(mine))
		return;
	while (sem_wait(&all[mine].ready) == -1)
		;
	say(fd, all[mine].result);
}

void run_server(int listenfd)
{
	all = mmap(NULL, ORDERS * sizeof(*all), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (all == MAP_FAILED || pipe(orders) == -1) {
		perror("orders");
		exit(EXIT_FAILURE);
	}
	for (int i = 0; i < ORDERS; i++)
		sem_init(&all[i].ready, 1, 0);
	if (fork() == 0) {
		close(listenfd);
		close(orders[1]);
		compute();
		_exit(0);
	}
	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		int fd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == 0) {
			close(listenfd);
			serve(fd);
			_exit(0);
		}
		if (pid == -1)
			perror("fork");
		close(fd);
	}
}
