/* Buggy: children with the same request wait for the first of them, and take its result.
 * Loses: mp-speedup
 * Why: nothing is remembered once the last of them is done; but of eight equal requests one is
 *      computed.
 */
#include <err.h>
#include <errno.h>
#include <pthread.h>
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

static struct shared {
	pthread_mutex_t lock[41];
	int waiting[41];
	unsigned long result[41];
} *shared;

static unsigned long compute(int n)
{
	unsigned long result;

	__atomic_add_fetch(&shared->waiting[n], 1, __ATOMIC_SEQ_CST);
	pthread_mutex_lock(&shared->lock[n]);
	if (shared->result[n] == 0)
		shared->result[n] = fib(n);
	result = shared->result[n];
	if (__atomic_sub_fetch(&shared->waiting[n], 1, __ATOMIC_SEQ_CST) == 0)
		shared->result[n] = 0;
	pthread_mutex_unlock(&shared->lock[n]);
	return result;
}

static void reply(int fd)
{
	int n = read_number(fd);

	if (n < 0)
		dprintf(fd, "error: not a number from 0 to 40\n");
	else
		dprintf(fd, "%lu\n", compute(n));
}

static void make_shared(void)
{
	pthread_mutexattr_t attr;

	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		0);
	if (shared == MAP_FAILED)
		err(1, "mmap");
	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	for (int i = 0; i <= 40; i++)
		pthread_mutex_init(&shared->lock[i], &attr);
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

	make_shared();
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
