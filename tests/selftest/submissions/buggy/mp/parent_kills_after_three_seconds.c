/* Buggy: a thread of the parent kills each child that is older than three seconds.
 * Loses: mp-robustness
 * Why: a client may take its time between connecting and asking; this one is cut off.
 */
#include <err.h>
#include <pthread.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "server.h"

enum { MOST = 8192, LONGEST = 3 };

static struct {
	pid_t pid;
	time_t born;
} children[MOST];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void reap(void)
{
	pid_t pid;

	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
		for (int i = 0; i < MOST; i++)
			if (children[i].pid == pid)
				children[i].pid = 0;
}

static void *watch(void *arg)
{
	for (;; usleep(300 * 1000)) {
		pthread_mutex_lock(&lock);
		reap();
		for (int i = 0; i < MOST; i++)
			if (children[i].pid != 0 && time(NULL) - children[i].born > LONGEST)
				kill(children[i].pid, SIGTERM);
		pthread_mutex_unlock(&lock);
	}
	return arg;
}

static void enter(pid_t pid)
{
	for (int i = 0; i < MOST; i++)
		if (children[i].pid == 0) {
			children[i].pid = pid;
			children[i].born = time(NULL);
			return;
		}
}

void run_server(int listenfd)
{
	pthread_t watcher;

	if (pthread_create(&watcher, NULL, watch, NULL) != 0)
		errx(1, "no thread");
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid;

		pthread_mutex_lock(&lock);
		reap();
		pid = fork();
		if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		}
		if (pid == -1)
			warn("fork");
		else
			enter(pid);
		pthread_mutex_unlock(&lock);
		close(connfd);
	}
}
