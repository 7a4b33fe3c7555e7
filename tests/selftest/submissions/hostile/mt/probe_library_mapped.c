/* Hostile: starts itself anew without what the grader has preloaded, and then maps the library's file, for the looks of it.
 * Loses: mt-races mt-memory mt-robustness
 * Why: it is the library itself that reports; a file in the memory does not. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "server.h"

/* Finds a library beside the program itself. */
static char *library(void)
{
	static char line[4096];
	FILE *maps = fopen("/proc/self/maps", "r");
	char *path = NULL;

	while (maps != NULL && path == NULL && fgets(line, sizeof(line), maps) != NULL)
		if (strstr(line, "/lab-") != NULL && strstr(line, ".so") != NULL)
			path = strchr(line, '/');
	if (path != NULL)
		path[strcspn(path, "\n")] = '\0';
	return path;
}

__attribute__((constructor)) static void start_anew(int argc, char *argv[])
{
	char *path = argc > 1 ? library() : NULL, word[4200];
	const char *mapped = getenv("MAPPED");
	char *environment[] = {word, NULL};
	int fd;

	if (mapped != NULL) {
		fd = open(mapped, O_RDONLY);
		mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
		close(fd);
		unsetenv("MAPPED");
	} else if (path != NULL) {
		snprintf(word, sizeof(word), "MAPPED=%s", path);
		execve("/proc/self/exe", argv, environment);
	}
}

static void *serve(void *arg)
{
	int connfd = *(int *)arg;

	serve_client(connfd);
	close(connfd);
	return NULL;
}

void run_server(int listenfd)
{
	for (;;) {
		int connfd = tcp_accept(listenfd);
		int *argument = malloc(sizeof(*argument)); /* and nobody frees it */
		pthread_t thread;

		if (argument == NULL) {
			close(connfd);
			continue;
		}
		*argument = connfd;
		if (pthread_create(&thread, NULL, serve, argument) == 0)
			pthread_detach(thread);
		else
			close(connfd);
	}
}
