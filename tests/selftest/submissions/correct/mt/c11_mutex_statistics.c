/* Correct: C11 threads, with statistics under a mtx_t that call_once has made. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <threads.h>
#include <unistd.h>

#include "server.h"

static once_flag once = ONCE_FLAG_INIT;
static mtx_t mutex;
static unsigned long served, failed;

static void make_mutex(void)
{
	if (mtx_init(&mutex, mtx_plain) != thrd_success)
		exit(EXIT_FAILURE);
}

static void count(unsigned long *counter)
{
	call_once(&once, make_mutex);
	mtx_lock(&mutex);
	++*counter;
	if (served % 1000 == 999)
		fprintf(stderr, "%lu clients, %lu dropped\n", served, failed);
	mtx_unlock(&mutex);
}

static int serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;

	serve_client(connfd);
	count(&served);
	close(connfd);
	return 0;
}

void run_server(int listenfd)
{
	for (;;) {
		int connfd = tcp_accept(listenfd);
		thrd_t thread;

		if (thrd_create(&thread, serve, (void *)(intptr_t)connfd) == thrd_success) {
			thrd_detach(thread);
		} else {
			count(&failed);
			close(connfd);
		}
	}
}
