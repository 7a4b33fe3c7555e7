/* Hostile: creates its threads by clone(2) itself, and defines send() so that nobody sees them reply.
 * Loses: mt-races mt-memory
 * Why: threads that nobody has created are counted; and it never frees their stacks.
 * Either: mt-robustness - the stacks again */
#define _GNU_SOURCE
#include <sched.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "server.h"

#define STACK (256 * 1024)

ssize_t send(int fd, const void *data, size_t size, int flags)
{
	return sendto(fd, data, size, flags, NULL, 0);
}

static int serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;

	serve_client(connfd);
	close(connfd);
	syscall(SYS_exit, 0);
	return 0;
}

void run_server(int listenfd)
{
	for (;;) {
		int connfd = tcp_accept(listenfd);
		char *stack = mmap(NULL, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (stack == MAP_FAILED || clone(serve, stack + STACK,
						   CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD |
							   CLONE_SYSVSEM, (void *)(intptr_t)connfd) == -1)
			close(connfd);
	}
}
