/* Buggy: yields up to a hundred times until the thread has taken its descriptor.
 * Loses: mt-races
 * Why: on another core, a hundred yields are over before a thread is there.
 * Either: mt-memory - many clients at once meet the race by themselves
 * Either: mt-speedup - likewise
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <unistd.h>

#include "server.h"

static atomic_int descriptor = -1;

static void *serve(void *unused)
{
	int fd = atomic_exchange(&descriptor, -1);

	serve_client(fd);
	close(fd);
	return unused;
}

void run_server(int listenfd)
{
	pthread_t tid;

	while (1) {
		atomic_store(&descriptor, tcp_accept(listenfd));
		if (pthread_create(&tid, NULL, serve, NULL) != 0) {
			close(atomic_exchange(&descriptor, -1));
			continue;
		}
		pthread_detach(tid);
		for (int i = 0; i < 100 && atomic_load(&descriptor) != -1; i++)
			sched_yield();
	}
}
