/* Buggy: a child to rotate the log after every 64th client; the handler knows the others only.
 * Loses: mp-zombies
 * Why: children are waited for by their numbers: one of 64 stays a zombie.
 */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

enum { MOST = 8192 };

static volatile pid_t children[MOST];
static volatile sig_atomic_t used;

static void on_sigchld(int signo)
{
	int saved = errno;

	(void)signo;
	for (int i = 0; i < used;)
		if (waitpid(children[i], NULL, WNOHANG) > 0)
			children[i] = children[--used];
		else
			i++;
	errno = saved;
}

static void rotate(int listenfd, int connfd)
{
	if (fork() == 0) {
		close(listenfd);
		close(connfd);
		_exit(0); /* nothing to rotate yet */
	}
}

void run_server(int listenfd)
{
	struct sigaction sa = {.sa_handler = on_sigchld, .sa_flags = SA_RESTART};
	unsigned int clients = 0;
	sigset_t chld;

	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	if (sigaction(SIGCHLD, &sa, NULL) == -1)
		err(1, "sigaction");
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid;

		if (++clients % 64 == 0)
			rotate(listenfd, connfd);
		sigprocmask(SIG_BLOCK, &chld, NULL);
		pid = fork();
		if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		}
		if (pid == -1)
			warn("fork");
		else if (used < MOST)
			children[used++] = pid;
		sigprocmask(SIG_UNBLOCK, &chld, NULL);
		close(connfd);
	}
}
