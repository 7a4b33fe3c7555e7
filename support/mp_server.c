/* mp_server.c - a multiprocess server: a child process for each client. */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include "server.h"

/* TODO 1: write a handler that reaps: a child that has ended stays a zombie until its parent waits for it. It must
 * not block, and one signal may stand for many children. (waitpid(2), signal-safety(7)) */
/* END TODO 1 */

void run_server(int listenfd)
{
	/* TODO 2: have the kernel call the handler whenever a child ends. (sigaction(2)) */
	/* END TODO 2 */
	for (;;) {
		int connfd = tcp_accept(listenfd);

		/* TODO 3: create a child process. When that fails, this one client is dropped, with a message, and
		 * the server goes on. (fork(2), warn(3)) */
		/* END TODO 3 */
		/* TODO 4: the child serves the client, and ends. It has a copy of every descriptor of its parent:
		 * which of them does it need? (_exit(2)) */
		/* END TODO 4 */
		close(connfd); /* the parent's copy: the connection ends when the child's is closed too */
	}
}
