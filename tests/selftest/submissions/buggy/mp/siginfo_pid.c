/* Buggy: the handler waits for si_pid, the child that the signal names.
 * Loses: mp-zombies
 * Why: of children that end together the merged signal names only one.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
#include "server.h"

static void child_ended(int sig, siginfo_t *info, void *ucontext)
{
	int saved = errno;

	(void)sig;
	(void)ucontext;
	if (info->si_code == CLD_EXITED || info->si_code == CLD_KILLED || info->si_code == CLD_DUMPED)
		waitpid(info->si_pid, NULL, 0);
	errno = saved;
}

void run_server(int listenfd)
{
	struct sigaction sa = { .sa_flags = SA_SIGINFO | SA_RESTART };

	sa.sa_sigaction = child_ended;
	if (sigaction(SIGCHLD, &sa, NULL) < 0)
		perror("sigaction");
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid < 0)
			perror("fork");
		if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		}
		close(connfd);
	}
}
