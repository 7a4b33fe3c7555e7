/* Buggy: detaches its threads if it is traced (TracerPid in /proc/self/status), by gdb or strace, and else not.
 * Loses: mt-memory
 * Why: without a tracer every stack stays.
 */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include "server.h"

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;

	serve_client(connfd);
	close(connfd);
	return NULL;
}

static int tracer(void)
{
	FILE *status = fopen("/proc/self/status", "re");
	char line[256];
	int pid = 0;

	if (status == NULL)
		return 1;
	while (fgets(line, sizeof(line), status) != NULL)
		if (sscanf(line, "TracerPid: %d", &pid) == 1)
			break;
	fclose(status);
	return pid;
}

void run_server(int listenfd)
{
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pthread_t thread;

		if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd) != 0)
			close(connfd);
		else if (tracer() != 0)
			pthread_detach(thread);
	}
}
