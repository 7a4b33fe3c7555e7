/* Correct: C11 threads, with a mutex, a condition, call_once and a value of each thread's own. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <threads.h>
#include <unistd.h>
#include "server.h"

static once_flag once = ONCE_FLAG_INIT;
static mtx_t lock;
static cnd_t changed;
static tss_t own;
static unsigned long active, most, served;

static void count_down(void *arg)
{
	mtx_lock(&lock);
	served += *(unsigned long *)arg;
	active--;
	cnd_signal(&changed);
	mtx_unlock(&lock);
	free(arg);
}

static void prepare(void)
{
	if (mtx_init(&lock, mtx_plain) != thrd_success || cnd_init(&changed) != thrd_success ||
		tss_create(&own, count_down) != thrd_success)
		exit(EXIT_FAILURE);
}

static int serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;
	unsigned long *number = calloc(1, sizeof(*number));

	call_once(&once, prepare);
	if (number != NULL && tss_set(own, number) == thrd_success)
		*number = 1;
	serve_client(connfd);
	close(connfd);
	thrd_exit(0);
}

static int report(void *arg)
{
	mtx_lock(&lock);
	for (;;) {
		cnd_wait(&changed, &lock);
		if (active > most)
			most = active;
	}
	return arg != NULL;
}

void run_server(int listenfd)
{
	thrd_t thread;

	call_once(&once, prepare);
	if (thrd_create(&thread, report, NULL) == thrd_success)
		thrd_detach(thread);
	for (;;) {
		int connfd = tcp_accept(listenfd);

		mtx_lock(&lock);
		active++;
		mtx_unlock(&lock);
		if (thrd_create(&thread, serve, (void *)(intptr_t)connfd) == thrd_success) {
			thrd_detach(thread);
			continue;
		}
		fputs("no thread: a client is dropped\n", stderr);
		mtx_lock(&lock);
		active--;
		mtx_unlock(&lock);
		close(connfd);
	}
}
