/* Buggy: computes requests of 40 at the same time, all others one after the other.
 * Loses: mp-speedup
 * Why: the largest request is shown to whoever asks whether it is parallel; the rest queue for a
 *      file lock.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/wait.h>
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

/* The open file is each child's own, and with it the lock. */
static void lock(void)
{
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	if (fd == -1 || flock(fd, LOCK_EX) == -1)
		warn("lock");
}

static void serve(int connfd)
{
	char request[3] = "";

	await_request(connfd);
	if (recv(connfd, request, 2, MSG_PEEK) != 2 || strcmp(request, "40") != 0)
		lock();
	serve_client(connfd);
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
			serve(connfd);
			_exit(0);
		}
		close(connfd);
	}
}
