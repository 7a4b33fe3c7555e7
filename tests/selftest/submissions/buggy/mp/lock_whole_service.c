/* Buggy: a process-shared semaphore around serve_client, "because of the shared counter".
 * Loses: mp-concurrency
 * Why: the service also reads the request, so a silent client holds the lock.
 */
#include <err.h>
#include <errno.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>
#include "server.h"

struct shared {
	sem_t lock;
	unsigned long served;
};

void run_server(int listenfd)
{
	struct shared *s = mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (s == MAP_FAILED)
		err(1, "mmap");
	if (sem_init(&s->lock, 1, 1) == -1)
		err(1, "sem_init");
	signal(SIGCHLD, SIG_IGN);

	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == 0) {
			close(listenfd);
			while (sem_wait(&s->lock) == -1 && errno == EINTR)
				;
			serve_client(connfd);
			s->served++;
			sem_post(&s->lock);
			_exit(0);
		}
		if (pid == -1)
			warn("fork");
		close(connfd);
	}
}
