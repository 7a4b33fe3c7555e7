/* Buggy: reaps one child a signal; if more than 50 ms have passed in one go, all.
 * Loses: mp-zombies
 * Why: a jump of the clock betrays that it was stopped. Without one, children that end together
 *      stay.
 */
#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "server.h"

static void reap_one(int signo)
{
	int saved = errno;

	(void)signo;
	waitpid(-1, NULL, WNOHANG);
	errno = saved;
}

static void reap_all(int signo)
{
	int saved = errno;

	(void)signo;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	errno = saved;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void *watch_the_clock(void *arg)
{
	for (double before = now();; before = now()) {
		usleep(10 * 1000);
		if (now() - before > 0.05)
			reap_all(SIGCHLD);
	}
	return arg;
}

void run_server(int listenfd)
{
	struct sigaction sa = {.sa_handler = reap_one, .sa_flags = SA_RESTART};
	pthread_t watcher;

	if (sigaction(SIGCHLD, &sa, NULL) == -1)
		err(1, "sigaction");
	if (pthread_create(&watcher, NULL, watch_the_clock, NULL) != 0)
		errx(1, "no thread");
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == -1)
			warn("fork");
		if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		}
		close(connfd);
	}
}
