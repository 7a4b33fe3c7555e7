/* Correct: clone(SIGCHLD) as a raw system call in place of fork(), without touching stdio in the child. */
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "server.h"

static long spawn(void)
{
#if defined(__s390x__) || defined(__s390__)
	return syscall(SYS_clone, 0UL, (unsigned long)SIGCHLD, 0UL, 0UL, 0UL);
#else
	return syscall(SYS_clone, (unsigned long)SIGCHLD, 0UL, 0UL, 0UL, 0UL);
#endif
}

static void bury(int unused)
{
	(void)unused;
	while (waitpid(-1, 0, WNOHANG) > 0)
		;
}

void run_server(int listenfd)
{
	struct sigaction sa = {0};

	sa.sa_handler = bury;
	sa.sa_flags = SA_RESTART | SA_NOCLDSTOP;
	sigaction(SIGCHLD, &sa, 0);

	for (;;) {
		int connfd = tcp_accept(listenfd);

		if (spawn() == 0) {
			close(listenfd);
			serve_client(connfd);
			close(connfd);
			_exit(0);
		}
		close(connfd);
	}
}
