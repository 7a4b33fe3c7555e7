/* Correct: statistics in System V shared memory, marked for removal as soon as it is attached. */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

static atomic_ulong *served;

static void attach_statistics(void)
{
	int id = shmget(IPC_PRIVATE, sizeof(*served), 0600);

	if (id == -1)
		err(1, "shmget");
	served = shmat(id, NULL, 0);
	if (served == (void *)-1)
		err(1, "shmat");
	shmctl(id, IPC_RMID, NULL);
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

	attach_statistics();
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
			atomic_fetch_add(served, 1);
			_exit(0);
		}
		close(connfd);
	}
}
