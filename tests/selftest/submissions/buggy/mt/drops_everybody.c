/* Buggy: the skeleton with the thread left out: each client is accepted and dropped.
 * Loses: everything
 * Why: nobody gets a reply.
 */
#include <err.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "server.h"

void run_server(int listenfd)
{
	for (;;) {
		int connfd = tcp_accept(listenfd);
		int error = ENOSYS;

		if (error != 0) {
			warnx("pthread_create: %s: a client is dropped", strerror(error));
			close(connfd);
		}
	}
}
