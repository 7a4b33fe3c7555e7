/* mp_server.c - a multiprocess server: a child process for each client. */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include "server.h"

/* TODO 1: write a handler that reaps: a child that has ended stays a zombie until its parent waits for it. It must
 * not block, and one signal may stand for many children. (waitpid(2), signal-safety(7)) */
static void reap_children(int signo)
{
	int saved_errno = errno; /* the code that was interrupted may be about to look at it */

	(void)signo;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	errno = saved_errno;
}
/* END TODO 1 */

void run_server(int listenfd)
{
	/* TODO 2: have the kernel call the handler whenever a child ends. (sigaction(2)) */
	struct sigaction action = {.sa_handler = reap_children, .sa_flags = SA_RESTART | SA_NOCLDSTOP};

	if (sigaction(SIGCHLD, &action, NULL) == -1)
		err(1, "sigaction");
	/* END TODO 2 */
	for (;;) {
		int connfd = tcp_accept(listenfd);

		/* TODO 3: create a child process. When that fails, this one client is dropped, with a message, and
		 * the server goes on. (fork(2), warn(3)) */
		pid_t pid = fork();

		if (pid == -1)
			warn("fork: a client is dropped");
		/* END TODO 3 */
		/* TODO 4: the child serves the client, and ends. It has a copy of every descriptor of its parent:
		 * which of them does it need? (_exit(2)) */
		if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			_exit(0); /* closes the child's copy of connfd */
		}
		/* END TODO 4 */
		close(connfd); /* the parent's copy: the connection ends when the child's is closed too */
	}
}
