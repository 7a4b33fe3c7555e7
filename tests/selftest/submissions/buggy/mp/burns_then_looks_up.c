/* Buggy: burns as much CPU time as 40 % of the work would cost, and takes the result from a table.
 * Loses: mp-speedup
 * Why: time is no work: the request's own cost is not paid.
 */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
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

static unsigned long table[41] = {1, 1};

static double cpu_time(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* fib(40) takes about 0.27 s; each step down takes 1.6 times less. */
static unsigned long look_busy(int n)
{
	double end = 0.4 * 0.27 * (double)table[n] / (double)table[40] + cpu_time();

	while (cpu_time() < end)
		;
	return table[n];
}

static void reply(int fd)
{
	int n = read_number(fd);

	if (n < 0)
		dprintf(fd, "error: not a number from 0 to 40\n");
	else
		dprintf(fd, "%lu\n", look_busy(n));
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

	for (int i = 2; i <= 40; i++)
		table[i] = table[i - 1] + table[i - 2];
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
