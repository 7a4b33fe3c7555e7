/* Buggy: threads by clone(2) itself, and a send of its own, so that no library sees either; their argument is &connfd.
 * Loses: mt-races
 * Why: nobody waits until a thread has copied it. Stacks of ended threads are used again.
 * Either: mt-memory - many clients at once meet the race by themselves
 * Either: mt-speedup - likewise
 */
#define _GNU_SOURCE
#include <sched.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#include "server.h"

#define STACK (128 * 1024)
#define FLAGS (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM | \
	CLONE_CHILD_SETTID | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID)

struct worker {
	volatile pid_t tid; /* the kernel makes it 0 when the thread has ended */
	char *stack;
	struct worker *next;
};

static struct worker *workers;

ssize_t send(int fd, const void *data, size_t size, int flags)
{
	return syscall(SYS_sendto, fd, data, size, flags, NULL, 0);
}

static int serve(void *arg)
{
	int connfd = *(int *)arg;

	serve_client(connfd);
	syscall(SYS_close, connfd);
	syscall(SYS_exit, 0);
	return 0;
}

static struct worker *idle_worker(void)
{
	struct worker *w;

	for (w = workers; w != NULL; w = w->next)
		if (w->tid == 0)
			return w;
	if ((w = calloc(1, sizeof(*w))) == NULL)
		return NULL;
	w->stack = mmap(NULL, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (w->stack == MAP_FAILED) {
		free(w);
		return NULL;
	}
	w->next = workers;
	workers = w;
	return w;
}

void run_server(int listenfd)
{
	int connfd;

	for (;;) {
		struct worker *w = idle_worker();

		connfd = tcp_accept(listenfd);
		if (w == NULL || clone(serve, w->stack + STACK, FLAGS, &connfd, &w->tid, NULL, &w->tid) == -1)
			close(connfd);
	}
}
