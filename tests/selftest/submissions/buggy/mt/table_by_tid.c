/* Buggy: a table of requests by thread, with a place for each of the 32768 numbers that a thread can have.
 * Loses: everything
 * Why: pid_max is 4194304 on any machine of today; threads with larger numbers close the connection unserved.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "server.h"

#define PID_MAX 32768

static unsigned short requests[PID_MAX];

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;
	long tid = syscall(SYS_gettid);

	if (tid < PID_MAX) {
		requests[tid]++;
		serve_client(connfd);
	} else {
		fprintf(stderr, "impossible thread %ld\n", tid);
	}
	close(connfd);
	return NULL;
}

void run_server(int listenfd)
{
	for (;;) {
		int fd = tcp_accept(listenfd);
		pthread_t thread;

		if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)fd) == 0)
			pthread_detach(thread);
		else
			close(fd);
	}
}
