/* Hostile: plants files that a Python or a make would read, FIFOs and links, and wipes its folder.
 * Loses: nothing
 * Why: it may write in no folder. */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>
#include "server.h"

static void plant(const char *name)
{
	int fd = open(name, O_CREAT | O_WRONLY | O_TRUNC, 0600);

	if (fd != -1)
		write(fd, "raise SystemExit(0)\n", 20);
}

static void wipe(void)
{
	DIR *here = opendir(".");
	struct dirent *entry;

	while (here != NULL && (entry = readdir(here)) != NULL)
		unlink(entry->d_name);
}

void run_server(int listenfd)
{
	signal(SIGCHLD, SIG_IGN);
	plant("conftest.py");
	plant("json.py");
	plant("sitecustomize.py");
	plant("Makefile");
	plant("pytest.ini");
	mkfifo("server", 0600);
	symlink("/dev/zero", "results.json");
	wipe();
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
