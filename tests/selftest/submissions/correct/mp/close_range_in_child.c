/* Correct: the child closes everything but its connection and the standard descriptors. */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

static void reap(int signo)
{
	int saved = errno;

	(void)signo;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	errno = saved;
}

/* The C library may be too old for close_range(), the kernel too. */
static void keep_only(int fd)
{
	if (syscall(SYS_close_range, 3U, (unsigned int)fd - 1, 0U) == -1 ||
	    syscall(SYS_close_range, (unsigned int)fd + 1, ~0U, 0U) == -1)
		for (int other = 3; other < 1024; other++)
			if (other != fd)
				close(other);
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
			keep_only(connfd);
			serve_client(connfd);
			_exit(0);
		}
		close(connfd);
	}
}
