/* Correct: a named semaphore guards the statistics; the name is removed at once. */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

static sem_t *guard;
static unsigned long *served;

static void make_statistics(void)
{
	guard = sem_open("/mp_server-guard", O_CREAT, 0600, 1);
	if (guard == SEM_FAILED)
		err(1, "sem_open");
	sem_unlink("/mp_server-guard");
	served = mmap(NULL, sizeof(*served), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		0);
	if (served == MAP_FAILED)
		err(1, "mmap");
}

static void count(void)
{
	while (sem_wait(guard) == -1 && errno == EINTR)
		;
	++*served;
	sem_post(guard);
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
