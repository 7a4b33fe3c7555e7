/* Buggy: a ring of 8192 pids; the handler reaps from its tail, as far as children have ended.
 * Loses: mp-zombies
 * Why: the tail is the oldest child: one with a silent client keeps all later ones from being
 *      reaped.
 */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

enum { RING = 8192 };

static volatile pid_t ring[RING];
static volatile sig_atomic_t head, tail;

static void on_sigchld(int signo)
{
	int saved = errno;

	(void)signo;
	while (tail != head && waitpid(ring[tail % RING], NULL, WNOHANG) != 0)
		tail++;
	errno = saved;
}

void run_server(int listenfd)
{
	struct sigaction sa = {.sa_handler = on_sigchld, .sa_flags = SA_RESTART};
	sigset_t chld;

	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	if (sigaction(SIGCHLD, &sa, NULL) == -1)
		err(1, "sigaction");
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid;

		sigprocmask(SIG_BLOCK, &chld, NULL);
		pid = fork();
		if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		}
		if (pid == -1)
			warn("fork");
		else
			ring[head++ % RING] = pid;
		sigprocmask(SIG_UNBLOCK, &chld, NULL);
		close(connfd);
	}
}
