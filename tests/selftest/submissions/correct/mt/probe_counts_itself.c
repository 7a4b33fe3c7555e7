/* Correct: looks at itself at its start: standard input, descriptors, environment; and refuses to run if something is odd. */
#include <dirent.h>
#include <err.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "server.h"

extern char **environ;

static void require(int holds, const char *what)
{
	if (!holds)
		errx(EXIT_FAILURE, "%s", what);
}

static int descriptors(void)
{
	DIR *folder = opendir("/proc/self/fd");
	int number = 0;

	require(folder != NULL, "/proc/self/fd");
	while (readdir(folder) != NULL)
		number++;
	closedir(folder);
	return number - 3; /* ".", "..", and the folder's own */
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
	struct stat input;
	pthread_attr_t detached;

	require(listenfd == 3 && descriptors() == 4, "other descriptors than 0 to 3");
	require(fstat(STDIN_FILENO, &input) == 0 && !S_ISREG(input.st_mode), "input from a file");
	for (char **word = environ; *word != NULL; word++)
		require(strncmp(*word, "LD_", 3) != 0, *word);
	pthread_attr_init(&detached);
	pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pthread_t thread;

		if (pthread_create(&thread, &detached, serve, (void *)(intptr_t)connfd) != 0) {
			warnx("no thread: a client is dropped");
			close(connfd);
		}
	}
}
