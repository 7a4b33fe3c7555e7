/* Buggy: descriptors go through a ring of 64, with an index for the writer and an atomic one for the readers.
 * Loses: mt-races
 * Why: nothing keeps the writer from overtaking 64 threads that start late: then one client is served by two, one by none.
 * Either: mt-memory - many clients at once meet the race by themselves
 * Either: mt-speedup - likewise
 */
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "server.h"

#define SIZE 64

static atomic_int ring[SIZE];
static atomic_uint head;

static void *serve(void *unused)
{
	int fd = ring[atomic_fetch_add(&head, 1) % SIZE];

	serve_client(fd);
	close(fd);
	return unused;
}

void run_server(int listenfd)
{
	unsigned int tail = 0;

	for (;;) {
		pthread_t thread;
		int fd = tcp_accept(listenfd);

		ring[tail % SIZE] = fd;
		if (pthread_create(&thread, NULL, serve, NULL) == 0) {
			pthread_detach(thread);
			tail++;
		} else {
			close(fd);
		}
	}
}
