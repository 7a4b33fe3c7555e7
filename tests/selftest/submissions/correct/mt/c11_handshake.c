/* Correct: C11 threads; the descriptor goes through a static mailbox with mtx_t and cnd_t. */
#include <stdbool.h>
#include <stdlib.h>
#include <threads.h>
#include <unistd.h>

#include "server.h"

static struct {
	mtx_t mutex;
	cnd_t emptied;
	bool full;
	int connfd;
} box;

static int serve(void *unused)
{
	int connfd;

	(void)unused;
	mtx_lock(&box.mutex);
	connfd = box.connfd;
	box.full = false;
	cnd_signal(&box.emptied);
	mtx_unlock(&box.mutex);
	serve_client(connfd);
	close(connfd);
	return 0;
}

void run_server(int listenfd)
{
	if (mtx_init(&box.mutex, mtx_plain) != thrd_success || cnd_init(&box.emptied) != thrd_success)
		exit(EXIT_FAILURE);
	for (;;) {
		int connfd = tcp_accept(listenfd);
		thrd_t thread;

		mtx_lock(&box.mutex);
		box.connfd = connfd;
		box.full = true;
		if (thrd_create(&thread, serve, NULL) == thrd_success) {
			thrd_detach(thread);
			while (box.full)
				cnd_wait(&box.emptied, &box.mutex);
		} else {
			box.full = false;
			close(connfd);
		}
		mtx_unlock(&box.mutex);
	}
}
