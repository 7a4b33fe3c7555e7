/* Correct: the creator sleeps on a futex, by hand, until the thread has copied the descriptor. */
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "server.h"

struct handoff {
	_Atomic uint32_t done;
	int fd;
};

static void *start(void *arg)
{
	struct handoff *h = arg;
	int fd = h->fd;

	atomic_store(&h->done, 1);
	/* *h may be reused from here on: the kernel wants its address alone, and a spurious wake does no harm. */
	syscall(SYS_futex, &h->done, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
	serve_client(fd);
	close(fd);
	return NULL;
}

void run_server(int listenfd)
{
	static struct handoff h;

	for (;;) {
		pthread_t thread;

		atomic_store(&h.done, 0);
		h.fd = tcp_accept(listenfd);
		if (pthread_create(&thread, NULL, start, &h) != 0) {
			fprintf(stderr, "cannot serve: no thread\n");
			close(h.fd);
			continue;
		}
		pthread_detach(thread);
		while (atomic_load(&h.done) == 0)
			syscall(SYS_futex, &h.done, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0);
	}
}
