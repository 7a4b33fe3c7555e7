/* Correct: C11 threads; tss_set keeps each thread's record, whose destructor closes the connection and frees it. */
#include <stdlib.h>
#include <threads.h>
#include <unistd.h>

#include "server.h"

struct record {
	int connfd;
};

static tss_t record_key;

static void close_record(void *p)
{
	struct record *record = p;

	close(record->connfd);
	free(record);
}

static int serve(void *arg)
{
	struct record *record = arg;

	if (tss_set(record_key, record) != thrd_success) {
		close_record(record);
		return thrd_error;
	}
	serve_client(record->connfd);
	return thrd_success;
}

void run_server(int listenfd)
{
	if (tss_create(&record_key, close_record) != thrd_success)
		exit(EXIT_FAILURE);
	for (;;) {
		int connfd = tcp_accept(listenfd);
		struct record *record = malloc(sizeof(*record));
		thrd_t thread;

		if (record == NULL) {
			close(connfd);
			continue;
		}
		record->connfd = connfd;
		if (thrd_create(&thread, serve, record) == thrd_success)
			thrd_detach(thread);
		else
			close_record(record);
	}
}
