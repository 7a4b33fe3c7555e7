/* Hostile: holds shared memory that no page table has: it writes to 3 GiB of it, and drops each piece.
 * Loses: nothing
 * Why: shared memory is counted when it is mapped, and after 256 MiB there is no more. */
#define _GNU_SOURCE
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "server.h"

#define PIECE (1 << 23)

static void hoard(void)
{
	for (int i = 0; i < 384; i++) {
		char *piece = mmap(NULL, PIECE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

		if (piece == MAP_FAILED)
			return;
		memset(piece, 1, PIECE);
		madvise(piece, PIECE, MADV_DONTNEED);
	}
}

void run_server(int listenfd)
{
	signal(SIGCHLD, SIG_IGN);
	hoard();
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		}
		close(connfd);
	}
}
