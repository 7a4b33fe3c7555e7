/* Correct: the thread ends in pthread_exit, and its cleanup handler closes the connection. */
#include <err.h>
#include <pthread.h>
#include <stdint.h>
#include <unistd.h>
#include "server.h"

static void hang_up(void *arg)
{
	if (close((int)(intptr_t)arg))
		warn("close");
}

static _Noreturn void finish(void)
{
	pthread_exit(NULL);
}

static void *conversation(void *arg)
{
	pthread_cleanup_push(hang_up, arg);
	serve_client((int)(intptr_t)arg);
	finish();
	pthread_cleanup_pop(0);
}

void run_server(int listenfd)
{
	pthread_attr_t a;
	pthread_t t;

	pthread_attr_init(&a);
	pthread_attr_setdetachstate(&a, PTHREAD_CREATE_DETACHED);
	for (;;) {
		intptr_t c = tcp_accept(listenfd);
		int e = pthread_create(&t, &a, conversation, (void *)c);

		if (e) {
			warnx("thread: error %d", e);
			close(c);
		}
	}
}
