/* Hostile: overwrites the code of serve_client with a jump to a function of its own, which answers from a table.
 * Loses: mt-speedup
 * Why: a reply takes the CPU time of the service, or it is not the service's. */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "server.h"

static void answer(int connfd)
{
	unsigned long fib[41] = {1, 1};
	char request[32] = "";
	size_t length = 0;
	ssize_t count;

	for (int n = 2; n <= 40; n++)
		fib[n] = fib[n - 1] + fib[n - 2];
	while (length < sizeof(request) - 1 && strchr(request, '\n') == NULL &&
		(count = read(connfd, request + length, sizeof(request) - 1 - length)) > 0)
		length += (size_t)count;
	if (request[0] < '0' || request[0] > '9' || atoi(request) > 40)
		dprintf(connfd, "error: not a decimal number\n");
	else
		dprintf(connfd, "%lu\n", fib[atoi(request)]);
}

static void patch(void)
{
	char *code = (char *)(uintptr_t)serve_client;
	intptr_t distance = (char *)(uintptr_t)answer - code;

	if (mprotect((void *)((uintptr_t)code & ~4095UL), 8192, PROT_READ | PROT_WRITE | PROT_EXEC) == -1)
		return;
#if defined(__x86_64__)
	distance -= 5;
	*code = (char)0xe9; /* jmp */
	memcpy(code + 1, &distance, 4);
#elif defined(__aarch64__)
	*(uint32_t *)(void *)code = 0x14000000 | ((uint32_t)(distance >> 2) & 0x3ffffff); /* b */
	__builtin___clear_cache(code, code + 4);
#endif
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
	patch();
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pthread_t thread;

		if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd) == 0)
			pthread_detach(thread);
		else
			close(connfd);
	}
}
