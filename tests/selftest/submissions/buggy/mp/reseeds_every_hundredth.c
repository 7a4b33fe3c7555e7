/* Buggy: reads a new cookie from /dev/urandom for every hundredth client.
 * Loses: mp-descriptors
 * Why: the file is never closed: one descriptor is lost for a hundred clients.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
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

static unsigned int cookie;

static void bake_cookie(void)
{
	int random = open("/dev/urandom", O_RDONLY);

	if (random == -1 || read(random, &cookie, sizeof(cookie)) == -1)
		cookie++;
}

void run_server(int listenfd)
{
	struct sigaction sa = {.sa_handler = reap, .sa_flags = SA_RESTART};
	unsigned int clients = 0;

	if (sigaction(SIGCHLD, &sa, NULL) == -1)
		err(1, "sigaction");
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == -1)
			warn("fork");
		if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		}
		if (clients++ % 100 == 0)
			bake_cookie();
		close(connfd);
	}
}
