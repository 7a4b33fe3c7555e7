/* Correct: ended threads put themselves on a queue; a reaper thread waits on a condition variable and joins them.
 * The reaper is one constant thread; a thread is joined as soon as it ends.
 */
#include <err.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "server.h"

struct job {
	int connfd;
	pthread_t self;
	struct job *next;
};

static struct job *finished;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t nonempty = PTHREAD_COND_INITIALIZER;

static void *work(void *arg)
{
	struct job *job = arg;

	serve_client(job->connfd);
	close(job->connfd);

	job->self = pthread_self();
	pthread_mutex_lock(&lock);
	job->next = finished;
	finished = job;
	pthread_cond_signal(&nonempty);
	pthread_mutex_unlock(&lock);
	return NULL;
}

static void *reap(void *arg)
{
	(void)arg;
	for (;;) {
		struct job *job;

		pthread_mutex_lock(&lock);
		while (finished == NULL)
			pthread_cond_wait(&nonempty, &lock);
		job = finished;
		finished = job->next;
		pthread_mutex_unlock(&lock);

		pthread_join(job->self, NULL);
		free(job);
	}
	return NULL;
}

void run_server(int listenfd)
{
	pthread_t reaper;

	if (pthread_create(&reaper, NULL, reap, NULL) != 0)
		errx(1, "cannot create the reaper");
	for (;;) {
		struct job *job;
		pthread_t thread;
		int connfd = tcp_accept(listenfd);

		if ((job = malloc(sizeof(*job))) == NULL) {
			close(connfd);
			continue;
		}
		job->connfd = connfd;
		if (pthread_create(&thread, NULL, work, job) != 0) {
			warnx("out of threads, client dropped");
			close(connfd);
			free(job);
		}
	}
}
