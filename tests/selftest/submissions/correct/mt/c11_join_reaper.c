/* Correct: C11 threads throughout: mtx_t, cnd_t, and a reaper that calls thrd_join on whoever has ended. */
#include <stdlib.h>
#include <threads.h>
#include <unistd.h>
#include "server.h"

struct task { int fd; thrd_t id; struct task *next; };

static mtx_t mutex;
static cnd_t cond;
static struct task *ended;

static int task_main(void *p)
{
	struct task *t = p;

	serve_client(t->fd);
	close(t->fd);
	t->id = thrd_current();
	mtx_lock(&mutex);
	t->next = ended;
	ended = t;
	mtx_unlock(&mutex);
	cnd_signal(&cond);
	return 0;
}

static int reaper_main(void *p)
{
	(void)p;
	mtx_lock(&mutex);
	for (;;) {
		struct task *t;

		while (!(t = ended))
			cnd_wait(&cond, &mutex);
		ended = t->next;
		mtx_unlock(&mutex);
		thrd_join(t->id, NULL);
		free(t);
		mtx_lock(&mutex);
	}
	return 0;
}

void run_server(int listenfd)
{
	thrd_t id;

	if (mtx_init(&mutex, mtx_plain) != thrd_success || cnd_init(&cond) != thrd_success)
		exit(1);
	if (thrd_create(&id, reaper_main, NULL) != thrd_success)
		exit(1);
	for (;;) {
		struct task *t;
		int fd = tcp_accept(listenfd);

		if ((t = malloc(sizeof *t)) != NULL) {
			t->fd = fd;
			if (thrd_create(&id, task_main, t) == thrd_success)
				continue;
		}
		free(t);
		close(fd);
	}
}
