/* Buggy: clients are numbered in an unsigned char; a table of 256 has their descriptors.
 * Loses: mt-robustness
 * Why: the 257th client gets the place of the first one; if that is still there, its thread closes the other's connection.
 * Either: mt-descriptors - if there are 256 clients beside a silent one
 */
#include <pthread.h>
#include <stdint.h>
#include <unistd.h>

#include "server.h"

static _Atomic int descriptors[256];

static void *serve(void *arg)
{
	unsigned char number = (unsigned char)(uintptr_t)arg;

	serve_client(descriptors[number]);
	close(descriptors[number]);
	return NULL;
}

void run_server(int listenfd)
{
	unsigned char number = 0;

	for (;;) {
		pthread_t thread;

		descriptors[number] = tcp_accept(listenfd);
		if (pthread_create(&thread, NULL, serve, (void *)(uintptr_t)number) == 0) {
			pthread_detach(thread);
			number++;
		} else {
			close(descriptors[number]);
		}
	}
}
