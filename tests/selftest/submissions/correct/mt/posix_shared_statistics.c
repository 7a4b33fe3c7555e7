/* Correct: statistics in POSIX shared memory, with a process-shared mutex; where there is none, in memory of its own. */
#include <err.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "server.h"

struct statistics {
	pthread_mutex_t mutex;
	unsigned long served;
};

static struct statistics own, *statistics = &own;

static void share(void)
{
	char name[64];
	void *place = MAP_FAILED;
	int fd;

	snprintf(name, sizeof(name), "/mt_server.%ld", (long)getpid());
	fd = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
	if (fd == -1) {
		warn("shm_open: nobody else will see the statistics");
		return;
	}
	shm_unlink(name);
	if (ftruncate(fd, sizeof(struct statistics)) == 0)
		place = mmap(NULL, sizeof(struct statistics), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (place != MAP_FAILED)
		statistics = place;
}

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;

	serve_client(connfd);
	close(connfd);
	pthread_mutex_lock(&statistics->mutex);
	statistics->served++;
	pthread_mutex_unlock(&statistics->mutex);
	return NULL;
}

void run_server(int listenfd)
{
	pthread_mutexattr_t shared;

	share();
	if (pthread_mutexattr_init(&shared) != 0 ||
	    pthread_mutexattr_setpshared(&shared, PTHREAD_PROCESS_SHARED) != 0 ||
	    pthread_mutex_init(&statistics->mutex, &shared) != 0)
		errx(EXIT_FAILURE, "mutex");
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pthread_t thread;

		if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd) == 0)
			pthread_detach(thread);
		else
			close(connfd);
	}
}
