/* Correct: the descriptors are globals that the next client overwrites.
 * Wrong for threads, right here: a child has its own copy, from the moment of fork.
 */
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include "server.h"

int g_listen, g_client;

static void work(void)
{
	close(g_listen);
	serve_client(g_client);
	close(g_client);
	_exit(0);
}

static void sigchld(int sig)
{
	int e = errno;
	(void)sig;
	while (waitpid(-1, 0, WNOHANG) > 0) ;
	errno = e;
}

void run_server(int listenfd)
{
	struct sigaction sa = { .sa_handler = sigchld, .sa_flags = SA_RESTART };
	sigaction(SIGCHLD, &sa, NULL);
	g_listen = listenfd;
	while (1) {
		g_client = tcp_accept(g_listen);
		if (fork() == 0)
			work();
		close(g_client);
	}
}
