/* Correct: fences order the handover, and relaxed atomic accesses tell of it; ThreadSanitizer does not know fences. */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>
#include "server.h"

static int handed_over;
static atomic_int taken;

static void *serve(void *arg)
{
	int connfd = *(int *)arg;

	atomic_thread_fence(memory_order_release);
	atomic_store_explicit(&taken, 1, memory_order_relaxed);
	serve_client(connfd);
	close(connfd);
	return NULL;
}

void run_server(int listenfd)
{
	for (;;) {
		pthread_t thread;

		handed_over = tcp_accept(listenfd);
		atomic_store_explicit(&taken, 0, memory_order_relaxed);
		if (pthread_create(&thread, NULL, serve, &handed_over) != 0) {
			fputs("no thread: a client is dropped\n", stderr);
			close(handed_over);
			continue;
		}
		pthread_detach(thread);
		while (!atomic_load_explicit(&taken, memory_order_relaxed))
			sched_yield();
		atomic_thread_fence(memory_order_acquire);
	}
}
