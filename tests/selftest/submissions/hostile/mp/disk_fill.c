/* Hostile: fills the folders that it may write in.
 * Loses: nothing
 * Why: it may write in none. */
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>
#include "server.h"

static void fill(const char *path)
{
	static char data[1 << 16];
	int fd = open(path, O_CREAT | O_WRONLY, 0600);

	while (fd != -1 && write(fd, data, sizeof(data)) > 0)
		;
}

void run_server(int listenfd)
{
	signal(SIGCHLD, SIG_IGN);
	fill("full");
	fill("/tmp/lab-full");
	fill("/dev/shm/lab-full");
	fill("/var/tmp/lab-full");
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		}
		close(connfd);
	}
}
