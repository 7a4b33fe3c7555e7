/* Buggy: hands descriptors over in order only if a library is mapped that it does not know; else by a global variable.
 * Loses: mt-races
 * Why: without such a library, a thread that starts late serves the next client.
 * Either: mt-memory - many clients at once meet the race by themselves
 * Either: mt-speedup - likewise
 */
#include <err.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server.h"

static _Atomic int descriptor;
static sem_t taken;

static bool strange_library(void)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	bool strange = false;
	char line[512];

	if (maps == NULL)
		return true;
	while (fgets(line, sizeof(line), maps) != NULL)
		if (strstr(line, ".so") != NULL && strstr(line, "/libc") == NULL && strstr(line, "/ld-") == NULL)
			strange = true;
	fclose(maps);
	return strange;
}

static void *serve(void *unused)
{
	int connfd = descriptor;

	sem_post(&taken);
	serve_client(connfd);
	close(connfd);
	return unused;
}

void run_server(int listenfd)
{
	bool watched = strange_library();

	if (sem_init(&taken, 0, 0) == -1)
		err(EXIT_FAILURE, "sem_init");
	for (;;) {
		pthread_t thread;

		descriptor = tcp_accept(listenfd);
		if (pthread_create(&thread, NULL, serve, NULL) != 0) {
			close(descriptor);
			continue;
		}
		pthread_detach(thread);
		if (watched)
			while (sem_wait(&taken) == -1)
				;
	}
}
