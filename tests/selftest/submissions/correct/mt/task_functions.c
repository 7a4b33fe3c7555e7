/* Correct: a little task library: a closure of function and descriptor, run in a thread and freed by it. */
#include <err.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "server.h"

typedef void task_fn(int fd);

struct task {
	task_fn *run;
	task_fn *done;
	int fd;
};

static void *task_trampoline(void *arg)
{
	struct task task = *(struct task *)arg;

	free(arg);
	task.run(task.fd);
	task.done(task.fd);
	return NULL;
}

static bool task_spawn(task_fn *run, task_fn *done, int fd)
{
	struct task *task = malloc(sizeof(*task));
	pthread_t thread;

	if (task == NULL)
		return false;
	*task = (struct task){ run, done, fd };
	if (pthread_create(&thread, NULL, task_trampoline, task) != 0) {
		free(task);
		return false;
	}
	pthread_detach(thread);
	return true;
}

static void hang_up(int fd)
{
	if (close(fd) == -1)
		warn("close");
}

void run_server(int listenfd)
{
	for (;;) {
		int fd = tcp_accept(listenfd);

		if (!task_spawn(serve_client, hang_up, fd)) {
			warnx("a client is turned away");
			hang_up(fd);
		}
	}
}
