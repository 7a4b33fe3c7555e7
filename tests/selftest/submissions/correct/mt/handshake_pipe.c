/* Correct: the creator reads one byte from a pipe before it reuses connfd; the thread writes it after its copy.
 * The pipe is made once, at start.
 */
#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <unistd.h>
#include "server.h"

struct handover {
	int connfd;
	int ack;
};

static void *run(void *arg)
{
	struct handover *handover = arg;
	int connfd = handover->connfd, ack = handover->ack;

	while (write(ack, "", 1) == -1 && errno == EINTR)
		;
	serve_client(connfd);
	close(connfd);
	return NULL;
}

void run_server(int listenfd)
{
	struct handover handover;
	int ack[2];

	if (pipe(ack) == -1)
		err(1, "pipe");
	handover.ack = ack[1];
	for (;;) {
		pthread_t thread;
		char byte;
		int error;

		handover.connfd = tcp_accept(listenfd);
		error = pthread_create(&thread, NULL, run, &handover);
		if (error) {
			warnx("pthread_create: error %d", error);
			close(handover.connfd);
			continue;
		}
		pthread_detach(thread);
		while (read(ack[0], &byte, 1) == -1 && errno == EINTR)
			;
	}
}
