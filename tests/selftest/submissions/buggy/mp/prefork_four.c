/* Buggy: four processes made in advance, each a synchronous server.
 * Loses: mp-concurrency
 * Why: four silent clients hold up the fifth.
 */
#include <err.h>
#include <sys/wait.h>
#include <unistd.h>
#include "server.h"

#define WORKERS 4

static void worker(int listenfd)
{
	for (;;) {
		int connfd = tcp_accept(listenfd);

		serve_client(connfd);
		close(connfd);
	}
}

void run_server(int listenfd)
{
	for (int i = 0; i < WORKERS; i++)
		switch (fork()) {
		case -1:
			err(1, "fork");
		case 0:
			worker(listenfd);
		}
	for (;;)
		wait(NULL);
}
