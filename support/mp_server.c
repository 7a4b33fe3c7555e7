/* mp_server.c - a multiprocess server: a child process for each client. */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

/* TODO 1: write a signal handler that reaps: a child that has ended stays a zombie until its parent
 * waits for it. One signal may stand for many. Do not block. (waitpid(2), signal-safety(7)) */
/* END TODO 1 */

void run_server(int listenfd)
{
	/* TODO 2: have the kernel call the handler when a child has ended. (sigaction(2)) */
	/* END TODO 2 */

	for (;;) {
		int connfd = tcp_accept(listenfd);

		/* TODO 3: create a child process. When that fails, drop this one client, with a
		 * message, and go on. (fork(2), warn(3)) */
		/* END TODO 3 */

		/* TODO 4: in the child, serve the client, and end. The child has a copy of every
		 * descriptor of its parent: which of them does it need? (_exit(2)) */
		/* END TODO 4 */

		close(connfd); /* the parent's copy; the connection ends with the child's */
	}
}
