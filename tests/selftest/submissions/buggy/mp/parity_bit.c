/* Buggy: its own service packs replies into 27 bits, as n = 39 needs.
 * Loses: everything
 * Why: fib(40) has 28 bits: the largest request alone is answered wrongly.
 */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
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

struct answer {
	unsigned int number : 27, valid : 1;
};

static struct answer answer(int n)
{
	return (struct answer){.number = fib(n) & 0x7ffffff, .valid = 1};
}

static void reply(int fd)
{
	int n = read_number(fd);

	if (n < 0)
		dprintf(fd, "error: not a number from 0 to 40\n");
	else
		dprintf(fd, "%u\n", answer(n).number);
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
