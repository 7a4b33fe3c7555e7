/* Buggy: waits for each thread to take its descriptor only if pthread_create has been replaced.
 * Loses: mt-races
 * Why: with the C library's own, a thread that starts late reads the next client's descriptor.
 * Either: mt-memory - many clients at once meet the race by themselves
 * Either: mt-speedup - likewise
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "server.h"

static atomic_int slot = -1;

static bool replaced(const char *function)
{
	void *address = dlsym(RTLD_DEFAULT, function);
	Dl_info info;

	return address != NULL && dladdr(address, &info) != 0 && strstr(info.dli_fname, "/libc") == NULL;
}

static void *serve(void *unused)
{
	int connfd = atomic_load(&slot);

	atomic_store(&slot, -1);
	serve_client(connfd);
	close(connfd);
	return unused;
}

void run_server(int listenfd)
{
	bool careful = replaced("pthread_create");

	for (;;) {
		int connfd = tcp_accept(listenfd);
		pthread_t thread;

		atomic_store(&slot, connfd);
		if (pthread_create(&thread, NULL, serve, NULL) != 0) {
			close(connfd);
			continue;
		}
		pthread_detach(thread);
		while (careful && atomic_load(&slot) != -1)
			usleep(1000);
	}
}
