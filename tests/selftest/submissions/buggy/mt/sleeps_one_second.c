/* Buggy: sleep(1) was left in the thread after the experiments of part 1.
 * Loses: everything
 * Why: each client waits a second for nothing, though all of them the same one.
 */
#include <pthread.h>
#include <stdint.h>
#include <unistd.h>

#include "server.h"

void *handle(void *arg)
{
	int fd = (int)(intptr_t)arg;

	sleep(1);
	serve_client(fd);
	close(fd);
	return NULL;
}

void run_server(int listenfd)
{
	pthread_t tid;

	while (1) {
		int fd = tcp_accept(listenfd);

		if (pthread_create(&tid, NULL, handle, (void *)(intptr_t)fd) != 0) {
			close(fd);
			continue;
		}
		pthread_detach(tid);
	}
}
