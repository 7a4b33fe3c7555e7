/* Buggy: answers 1 to whatever comes, in one recv() and one send().
 * Loses: everything
 * Why: right for n = 0 and 1 alone; nothing is left unread, so that nothing is reset.
 */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

static void reply(int fd)
{
	char request[64];

	if (recv(fd, request, sizeof(request), 0) > 0)
		send(fd, "1\n", 2, MSG_NOSIGNAL);
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
