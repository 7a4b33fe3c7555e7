/* Correct: C11 threads, thrd_create and thrd_detach; thrd_nomem and thrd_error drop the client. */
#include <stdint.h>
#include <stdio.h>
#include <threads.h>
#include <unistd.h>

#include "server.h"

static int serve(void *arg)
{
	int connfd = (int)(uintptr_t)arg;

	serve_client(connfd);
	return close(connfd);
}

void run_server(int listenfd)
{
	for (;;) {
		int connfd = tcp_accept(listenfd);
		thrd_t thread;

		switch (thrd_create(&thread, serve, (void *)(uintptr_t)connfd)) {
		case thrd_success:
			thrd_detach(thread);
			break;
		case thrd_nomem:
			fputs("thrd_create: out of memory\n", stderr);
			close(connfd);
			break;
		default:
			fputs("thrd_create: error\n", stderr);
			close(connfd);
		}
	}
}
