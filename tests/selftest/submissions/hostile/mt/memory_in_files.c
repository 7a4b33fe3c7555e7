/* Hostile: holds memory in files without a name or in shared ones (memfd_create(2), shm_open(3)), and in zeros that it only reads.
 * Loses: nothing
 * Why: there are none of the first, few of the second, and no /dev/zero. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "server.h"

#define PIECE (1 << 23)

static void fill(int fd)
{
	static char block[1 << 16];

	for (int i = 0; fd != -1 && i < PIECE; i += sizeof(block))
		if (write(fd, block, sizeof(block)) != sizeof(block))
			return;
}

static void read_zeros(void)
{
	int fd = open("/dev/zero", O_RDONLY);
	char *piece = mmap(NULL, PIECE, PROT_READ, MAP_SHARED, fd, 0);

	close(fd);
	if (piece == MAP_FAILED)
		return;
	for (int i = 0; i < PIECE; i += 4096)
		*(volatile char *)(piece + i);
	madvise(piece, PIECE, MADV_DONTNEED);
}

static void hoard(void)
{
	char name[32];

	for (int i = 0; i < 400; i++) {
		snprintf(name, sizeof(name), "/hoard-%d", i);
		fill(memfd_create(name, 0));
		fill(shm_open(name, O_CREAT | O_RDWR, 0600));
		read_zeros();
	}
}

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;

	serve_client(connfd);
	close(connfd);
	return NULL;
}

void run_server(int listenfd)
{
	hoard();
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pthread_t thread;

		if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd) == 0)
			pthread_detach(thread);
		else
			close(connfd);
	}
}
