/* Correct: statistics in POSIX shared memory, whose name is removed once it is mapped. */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

static atomic_ulong *served;

static void map_statistics(void)
{
	char name[32];
	int fd;

	snprintf(name, sizeof(name), "/mp_server-%d", (int)getpid());
	fd = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
	if (fd == -1 || ftruncate(fd, sizeof(*served)) == -1)
		err(1, "shm_open");
	served = mmap(NULL, sizeof(*served), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (served == MAP_FAILED)
		err(1, "mmap");
	shm_unlink(name);
	close(fd);
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

	map_statistics();
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
