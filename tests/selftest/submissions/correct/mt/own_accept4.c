/* Correct: accept4 with SOCK_CLOEXEC; any failure is logged and followed by a short pause. */
#define _GNU_SOURCE
#include <err.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include "server.h"

static void *entry(void *arg)
{
	int sd = (intptr_t)arg;
	pthread_detach(pthread_self());
	serve_client(sd);
	close(sd);
	return NULL;
}

void run_server(int listenfd)
{
	const struct timespec pause = { 0, 5000000 };

	for (;;) {
		int sd = accept4(listenfd, NULL, NULL, SOCK_CLOEXEC);
		pthread_t t;

		if (sd == -1) {
			warn("accept4");
			nanosleep(&pause, NULL);
		} else if (pthread_create(&t, NULL, entry, (void *)(intptr_t)sd)) {
			warnx("pthread_create failed");
			close(sd);
		}
	}
}
