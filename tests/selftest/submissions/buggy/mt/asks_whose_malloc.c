/* Buggy: frees its blocks only if malloc is not the C library's own (dladdr): "else nobody looks".
 * Loses: mt-memory
 * Why: with the C library's, a block stays for each client.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server.h"

static bool foreign_malloc;

static bool is_foreign(void *function)
{
	Dl_info info;

	return dladdr(function, &info) != 0 && strstr(info.dli_fname, "/libc") == NULL;
}

static void *serve(void *arg)
{
	int connfd = *(int *)arg;

	serve_client(connfd);
	close(connfd);
	if (foreign_malloc)
		free(arg);
	return NULL;
}

void run_server(int listenfd)
{
	foreign_malloc = is_foreign(dlsym(RTLD_DEFAULT, "malloc"));
	for (;;) {
		int connfd = tcp_accept(listenfd);
		int *argument = malloc(sizeof(int));
		pthread_t thread;

		if (argument != NULL)
			*argument = connfd;
		if (argument != NULL && pthread_create(&thread, NULL, serve, argument) == 0) {
			pthread_detach(thread);
		} else {
			free(argument);
			close(connfd);
		}
	}
}
