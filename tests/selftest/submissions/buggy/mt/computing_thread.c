/* Buggy: a thread per client, which hands its number to one computing thread and waits for the result.
 * Loses: mt-threads mt-speedup
 * Why: the clients' threads only read and reply; one thread, which was there before, computes for all, in turn.
 */
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server.h"

struct job {
	unsigned n;
	unsigned long result;
	int done;
	struct job *next;
};

static struct job *jobs;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t change = PTHREAD_COND_INITIALIZER;

static int read_number(int fd, unsigned *n)
{
	char line[32];
	size_t used = 0;
	char *end;

	while (used < sizeof(line) - 1) {
		ssize_t got = recv(fd, line + used, sizeof(line) - 1 - used, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		used += (size_t)got;
		if (got == 0 || memchr(line, '\n', used) != NULL)
			break;
	}
	line[used] = '\0';
	*n = (unsigned)strtoul(line, &end, 10);
	return end == line || (*end != '\n' && *end != '\0') || *n > 40 ? 1 : 0;
}

__attribute__((noinline)) static unsigned long fib(unsigned n)
{
	__asm__ volatile("" : "+r"(n));
	return n < 2 ? 1 : fib(n - 1) + fib(n - 2);
}

static void *computer(void *unused)
{
	pthread_mutex_lock(&mutex);
	for (;;) {
		struct job *job;

		while (jobs == NULL)
			pthread_cond_wait(&change, &mutex);
		job = jobs;
		jobs = job->next;
		pthread_mutex_unlock(&mutex);
		job->result = fib(job->n);
		pthread_mutex_lock(&mutex);
		job->done = 1;
		pthread_cond_broadcast(&change);
	}
	return unused;
}

static unsigned long order(unsigned n)
{
	struct job job = { .n = n };

	pthread_mutex_lock(&mutex);
	job.next = jobs;
	jobs = &job;
	pthread_cond_broadcast(&change);
	while (!job.done)
		pthread_cond_wait(&change, &mutex);
	pthread_mutex_unlock(&mutex);
	return job.result;
}

static void *serve(void *arg)
{
	int fd = (int)(intptr_t)arg;
	char reply[32];
	unsigned n;
	int status = read_number(fd, &n);

	if (status == 0)
		snprintf(reply, sizeof(reply), "%lu\n", order(n));
	else
		strcpy(reply, "error: bad number\n");
	if (status >= 0)
		send(fd, reply, strlen(reply), MSG_NOSIGNAL);
	close(fd);
	return NULL;
}

void run_server(int listenfd)
{
	pthread_t computing;

	if (pthread_create(&computing, NULL, computer, NULL) != 0)
		exit(EXIT_FAILURE);
	for (;;) {
		int fd = tcp_accept(listenfd);
		pthread_t thread;

		if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)fd) == 0)
			pthread_detach(thread);
		else
			close(fd);
	}
}
