/* Buggy: an atomic flag says that the thread has its descriptor; the creator looks ten thousand times, then goes on.
 * Loses: mt-races
 * Why: ten thousand looks are a time limit, too, and a short one.
 * Either: mt-memory - many clients at once meet the race by themselves
 * Either: mt-speedup - likewise
 */
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "server.h"

static atomic_int slot;
static atomic_bool taken;

static void *serve(void *unused)
{
	int connfd = atomic_load(&slot);

	atomic_store(&taken, 1);
	serve_client(connfd);
	close(connfd);
	return unused;
}

void run_server(int listenfd)
{
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pthread_t thread;

		atomic_store(&slot, connfd);
		atomic_store(&taken, 0);
		if (pthread_create(&thread, NULL, serve, NULL) != 0) {
			close(connfd);
			continue;
		}
		pthread_detach(thread);
		for (int looks = 0; looks < 10000 && !atomic_load(&taken); looks++)
			;
	}
}
