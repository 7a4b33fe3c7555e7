/* Correct: the connection is a _Thread_local variable, which only the thread that owns it ever sees. */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>
#include "server.h"

static _Thread_local int connection = -1;

static void serve_connection(void)
{
	serve_client(connection);
}

static void close_connection(void)
{
	close(connection);
	connection = -1;
}

static void *thread(void *arg)
{
	connection = (int)(intptr_t)arg;
	serve_connection();
	close_connection();
	return NULL;
}

void run_server(int listenfd)
{
	for (;;) {
		pthread_t id;

		connection = tcp_accept(listenfd);	/* the main thread's own */
		if (pthread_create(&id, NULL, thread, (void *)(intptr_t)connection) != 0) {
			fputs("no thread\n", stderr);
			close_connection();
		} else {
			pthread_detach(id);
		}
	}
}
