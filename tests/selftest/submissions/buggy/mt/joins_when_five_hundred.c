/* Buggy: a table of 500 threads; when it is full, the main thread joins all of them and begins anew.
 * Loses: mt-robustness
 * Why: a single silent client among them stops the server then. The stacks that stay are 500 at most.
 */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "server.h"

#define TABLE 500

static pthread_t table[TABLE];

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;

	serve_client(connfd);
	close(connfd);
	return NULL;
}

void run_server(int listenfd)
{
	int used = 0, error;

	for (;;) {
		int connfd = tcp_accept(listenfd);

		if (used == TABLE)
			while (used > 0)
				pthread_join(table[--used], NULL);
		error = pthread_create(&table[used], NULL, serve, (void *)(intptr_t)connfd);
		if (error == 0) {
			used++;
		} else {
			fprintf(stderr, "no thread: %s\n", strerror(error));
			close(connfd);
		}
	}
}
