/* independent.c - synchronous servers side by side on one port, as many as the environment variable
 * SERVERS says.
 *
 * None of them knows of the others, and nothing is created or ended for a client: what they achieve
 * when each serves one client is the best that a strategy can hope for on this machine. */
#include <stdlib.h>
#include <unistd.h>

#include "server.h"

void run_server(int listenfd)
{
	const char *servers = getenv("SERVERS");

	for (int i = servers == NULL ? 1 : atoi(servers); i > 1; i--)
		if (fork() == 0)
			break;
	for (;;) {
		int connfd = tcp_accept(listenfd);

		serve_client(connfd);
		close(connfd);
	}
}
