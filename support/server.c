/* server.c - a synchronous server: one client at a time. */
#include <unistd.h>

#include "server.h"

void run_server(int listenfd)
{
	for (;;) {
		int connfd = tcp_accept(listenfd);

		serve_client(connfd);
		close(connfd);
	}
}
