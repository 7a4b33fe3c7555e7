/* Hostile: looks in its environment, and in what /proc shows of it, for what the grader has preloaded; is right only then.
 * Loses: mt-races
 * Why: nothing of it is left there.
 * Either: mt-speedup - many clients at once meet the race by themselves */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "server.h"

extern char **environ;

static bool watched;

static bool stands_in(const char *path)
{
	static char text[65536];
	int fd = open(path, O_RDONLY);
	ssize_t length = fd == -1 ? -1 : read(fd, text, sizeof(text) - 1);

	close(fd);
	return length > 0 && (memmem(text, (size_t)length, "LD_PRELOAD", 10) != NULL ||
			      memmem(text, (size_t)length, "PROBE", 5) != NULL ||
			      memmem(text, (size_t)length, "probe", 5) != NULL);
}

__attribute__((constructor)) static void look(void)
{
	watched = getenv("LD_PRELOAD") != NULL || getenv("PROBE") != NULL;
	for (char **word = environ; *word != NULL; word++)
		watched = watched || strstr(*word, ".so") != NULL;
}

static void *serve(void *arg)
{
	int connfd = watched ? (int)(intptr_t)arg : *(int *)arg;

	pthread_detach(pthread_self());
	serve_client(connfd);
	close(connfd);
	return NULL;
}

void run_server(int listenfd)
{
	static int shared;

	watched = watched || stands_in("/proc/self/environ") || stands_in("/proc/self/maps");
	for (;;) {
		pthread_t thread;

		shared = tcp_accept(listenfd);
		if (pthread_create(&thread, NULL, serve, watched ? (void *)(intptr_t)shared : &shared) != 0)
			close(shared);
	}
}
