/* Correct: the creator detaches each thread that it has created.
 * A thread may have ended by then; as long as nobody has joined or detached it, its pthread_t is valid.
 */
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "server.h"

static void *
handle_client(void *arg)
{
	const int sock = (int)(intptr_t)arg;

	serve_client(sock);
	if (close(sock) == -1)
		perror("close");
	return arg;
}

void
run_server(int listenfd)
{
	pthread_t id;
	int sock, rc;

	for (;;) {
		sock = tcp_accept(listenfd);
		rc = pthread_create(&id, NULL, handle_client, (void *)(intptr_t)sock);
		if (rc) {
			fprintf(stderr, "pthread_create: %s\n", strerror(rc));
			close(sock);
			continue;
		}
		rc = pthread_detach(id);
		if (rc)
			fprintf(stderr, "pthread_detach: %s\n", strerror(rc));
	}
}
