/* Buggy: waits on a condition variable until the mailbox is empty, but for 200 ms at most.
 * Loses: mt-races
 * Why: a thread that starts later than that finds the next client's descriptor.
 */
#include <pthread.h>
#include <stdbool.h>
#include <time.h>
#include <unistd.h>

#include "server.h"

static struct {
	pthread_mutex_t mutex;
	pthread_cond_t emptied;
	bool full;
	int connfd;
} mailbox = {.mutex = PTHREAD_MUTEX_INITIALIZER, .emptied = PTHREAD_COND_INITIALIZER};

static void *serve(void *unused)
{
	int connfd;

	pthread_mutex_lock(&mailbox.mutex);
	connfd = mailbox.connfd;
	mailbox.full = false;
	pthread_cond_signal(&mailbox.emptied);
	pthread_mutex_unlock(&mailbox.mutex);
	serve_client(connfd);
	close(connfd);
	return unused;
}

static void wait_until_empty(void)
{
	struct timespec limit;

	clock_gettime(CLOCK_REALTIME, &limit);
	limit.tv_nsec += 200 * 1000 * 1000;
	limit.tv_sec += limit.tv_nsec / 1000000000;
	limit.tv_nsec %= 1000000000;
	while (mailbox.full)
		if (pthread_cond_timedwait(&mailbox.emptied, &mailbox.mutex, &limit) != 0)
			break;
}

void run_server(int listenfd)
{
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pthread_t thread;

		pthread_mutex_lock(&mailbox.mutex);
		mailbox.connfd = connfd;
		mailbox.full = true;
		if (pthread_create(&thread, NULL, serve, NULL) == 0) {
			pthread_detach(thread);
			wait_until_empty();
		} else {
			mailbox.full = false;
			close(connfd);
		}
		pthread_mutex_unlock(&mailbox.mutex);
	}
}
