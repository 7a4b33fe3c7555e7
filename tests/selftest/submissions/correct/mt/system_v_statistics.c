/* Correct: counters in a System V shared memory segment, for ipcs and a monitor; without it, in memory of its own. */
#include <err.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <unistd.h>

#include "server.h"

struct counters {
	atomic_ulong accepted, served;
};

static struct counters own, *counters = &own;

static void attach(void)
{
	int id = shmget(IPC_PRIVATE, sizeof(struct counters), IPC_CREAT | 0600);
	void *place;

	if (id == -1) {
		warn("shmget");
		return;
	}
	place = shmat(id, NULL, 0);
	shmctl(id, IPC_RMID, NULL); /* it goes when the server goes */
	if (place != (void *)-1)
		counters = place;
}

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;

	serve_client(connfd);
	atomic_fetch_add(&counters->served, 1);
	close(connfd);
	return NULL;
}

void run_server(int listenfd)
{
	attach();
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pthread_t thread;

		atomic_fetch_add(&counters->accepted, 1);
		if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd) == 0)
			pthread_detach(thread);
		else
			close(connfd);
	}
}
