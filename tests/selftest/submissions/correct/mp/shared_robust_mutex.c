/* Correct: statistics under a robust process-shared mutex: a child may die while it holds it. */
#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

static struct statistics {
	pthread_mutex_t mutex;
	unsigned long served;
} *statistics;

static void make_statistics(void)
{
	pthread_mutexattr_t attr;

	statistics = mmap(NULL, sizeof(*statistics), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (statistics == MAP_FAILED)
		err(1, "mmap");
	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
	pthread_mutex_init(&statistics->mutex, &attr);
	pthread_mutexattr_destroy(&attr);
}

static void count(void)
{
	int error = pthread_mutex_lock(&statistics->mutex);

	if (error == EOWNERDEAD)
		error = pthread_mutex_consistent(&statistics->mutex);
	if (error != 0)
		return;
	statistics->served++;
	pthread_mutex_unlock(&statistics->mutex);
}

static void reap(int signo)
{
	int saved = errno;

	(void)signo;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	errno = saved;
}

void run_server(int listenfd)
{
	struct sigaction sa = {.sa_handler = reap, .sa_flags = SA_RESTART};

	make_statistics();
	if (sigaction(SIGCHLD, &sa, NULL) == -1)
		err(1, "sigaction");
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == -1)
			warn("fork");
		if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			count();
			_exit(0);
		}
		close(connfd);
	}
}
