/* Buggy: a mutex protects the count of children, in the loop and in the handler.
 * Loses: mp-zombies
 * Why: the handler interrupts the very thread that holds the mutex, and waits for it for ever.
 * Either: mp-robustness - where many clients come and go it happens by chance
 * Either: mp-descriptors - likewise
 */
#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned long children;

static void on_sigchld(int signo)
{
	int saved = errno;

	(void)signo;
	pthread_mutex_lock(&lock);
	while (waitpid(-1, NULL, WNOHANG) > 0)
		children--;
	pthread_mutex_unlock(&lock);
	errno = saved;
}

void run_server(int listenfd)
{
	struct sigaction sa = {.sa_handler = on_sigchld, .sa_flags = SA_RESTART};

	if (sigaction(SIGCHLD, &sa, NULL) == -1)
		err(1, "sigaction");
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid;

		pthread_mutex_lock(&lock);
		pid = fork();
		if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		}
		if (pid > 0)
			children++;
		pthread_mutex_unlock(&lock);
		if (pid == -1)
			warn("fork");
		close(connfd);
	}
}
