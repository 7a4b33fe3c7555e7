/* Correct: accept(2) with a policy of its own: errors that pass are retried, a shortage is waited out. */
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server.h"

static void *serve_thread(void *arg)
{
	int fd = (int)(intptr_t)arg;

	serve_client(fd);
	close(fd);
	return NULL;
}

void run_server(int listenfd)
{
	while (1) {
		struct sockaddr_storage peer;
		socklen_t len = sizeof(peer);
		pthread_t tid;
		int rc;
		int fd = accept(listenfd, (struct sockaddr *)&peer, &len);

		if (fd < 0) {
			switch (errno) {
			case EBADF:
			case EINVAL:
			case ENOTSOCK:
			case EOPNOTSUPP:
				perror("accept");
				exit(EXIT_FAILURE);
			case EMFILE:
			case ENFILE:
			case ENOBUFS:
			case ENOMEM:
				usleep(20000);
				continue;
			default:	/* EINTR, ECONNABORTED and the network errors of accept(2) */
				continue;
			}
		}
		rc = pthread_create(&tid, NULL, serve_thread, (void *)(intptr_t)fd);
		if (rc == 0) {
			pthread_detach(tid);
		} else {
			fprintf(stderr, "pthread_create: %s\n", strerror(rc));
			close(fd);
		}
	}
}
