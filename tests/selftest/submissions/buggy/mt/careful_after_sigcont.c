/* Buggy: waits for each thread to take its descriptor only after a SIGCONT, "when somebody plays with signals".
 * Loses: mt-races
 * Why: as long as nobody has stopped the server, a thread that starts late reads the next client's descriptor.
 * Either: mt-memory - many clients at once meet the race by themselves
 * Either: mt-speedup - likewise
 */
#include <err.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "server.h"

static volatile sig_atomic_t continued;
static sem_t taken;

static void note(int signal)
{
	(void)signal;
	continued = 1;
}

static void *serve(void *arg)
{
	int connfd = __atomic_load_n((int *)arg, __ATOMIC_SEQ_CST);

	sem_post(&taken);
	serve_client(connfd);
	close(connfd);
	return NULL;
}

void run_server(int listenfd)
{
	struct sigaction action = {.sa_handler = note, .sa_flags = SA_RESTART};
	static int slot;

	if (sigaction(SIGCONT, &action, NULL) == -1 || sem_init(&taken, 0, 0) == -1)
		err(EXIT_FAILURE, "cannot start");
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pthread_t thread;

		__atomic_store_n(&slot, connfd, __ATOMIC_SEQ_CST);
		if (pthread_create(&thread, NULL, serve, &slot) != 0) {
			close(connfd);
			continue;
		}
		pthread_detach(thread);
		if (continued)
			while (sem_wait(&taken) == -1)
				;
	}
}
