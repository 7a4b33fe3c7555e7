/* Correct: each thread writes its pthread_t into a pipe as its last act; a reaper thread reads it and joins.
 * A write of sizeof(pthread_t) is atomic (PIPE_BUF); a full pipe only makes an ending thread wait for the reaper.
 */
#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>
#include "server.h"

static int mailbox[2];

static void *reaper(void *arg)
{
	pthread_t dead;

	for (;;) {
		ssize_t n = read(mailbox[0], &dead, sizeof dead);
		if (n == (ssize_t)sizeof dead)
			pthread_join(dead, NULL);
		else if (n == -1 && errno != EINTR)
			err(1, "reaper");
	}
	return arg;
}

static void *session(void *arg)
{
	pthread_t me = pthread_self();
	int fd = (intptr_t)arg;

	serve_client(fd);
	close(fd);
	while (write(mailbox[1], &me, sizeof me) == -1 && errno == EINTR)
		continue;
	return NULL;
}

void run_server(int listenfd)
{
	pthread_t thread;
	int error;

	if (pipe(mailbox) == -1)
		err(1, "pipe");
	if ((errno = pthread_create(&thread, NULL, reaper, NULL)))
		err(1, "reaper");
	for (;;) {
		intptr_t fd = tcp_accept(listenfd);

		if ((error = pthread_create(&thread, NULL, session, (void *)fd)) != 0) {
			errno = error;
			warn("session");
			close(fd);
		}
	}
}
