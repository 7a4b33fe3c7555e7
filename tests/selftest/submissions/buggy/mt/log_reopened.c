/* Buggy: opens its log anew after every fifty clients, for logrotate, and does not close the old one.
 * Loses: mt-descriptors
 * Why: one descriptor stays for every fifty clients.
 */
#include <err.h>
#include <fcntl.h>
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

static int open_log(void)
{
	int log = open("/dev/null", O_WRONLY | O_APPEND | O_CLOEXEC);

	if (log == -1)
		warn("log");
	return log;
}

void run_server(int listenfd)
{
	unsigned int clients = 0;
	int log = -1;

	for (;;) {
		int connfd = tcp_accept(listenfd);
		pthread_t thread;

		if (clients++ % 50 == 0)
			log = open_log();
		if (log != -1)
			dprintf(log, "client %u\n", clients);
		if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd) == 0)
			pthread_detach(thread);
		else
			close(connfd);
	}
}
