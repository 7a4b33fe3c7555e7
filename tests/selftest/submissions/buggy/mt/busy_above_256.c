/* Buggy: a semaphore of 256 places; who gets none by sem_trywait is told that the server is busy.
 * Loses: mt-robustness
 * Why: a thread for each client means for the 257th too, as long as the machine has one.
 */
#include <err.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server.h"

static sem_t places;

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;

	serve_client(connfd);
	close(connfd);
	sem_post(&places);
	return NULL;
}

void run_server(int listenfd)
{
	if (sem_init(&places, 0, 256) == -1)
		err(EXIT_FAILURE, "sem_init");
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pthread_t thread;

		if (sem_trywait(&places) == -1) {
			send(connfd, "error: busy\n", 12, MSG_NOSIGNAL);
			close(connfd);
		} else if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd) != 0) {
			sem_post(&places);
			close(connfd);
		} else {
			pthread_detach(thread);
		}
	}
}
