/* Correct: the children in flight are counted, and collected by number with WNOHANG after each fork. */
#include <errno.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

static int children = 0;

/* as many waits as there can be zombies, and none of them blocks */
static void cleanup(void)
{
	int i, n = children;

	for (i = 0; i < n; i++) {
		int status;
		pid_t who = waitpid((pid_t)-1, &status, WNOHANG);

		if (who == 0)
			return;		/* all that are left still work */
		if (who < 0) {
			if (errno == ECHILD)
				children = 0;
			return;
		}
		children--;
		if (WIFSIGNALED(status))
			fprintf(stderr, "child %d was killed by signal %d\n", (int)who, WTERMSIG(status));
	}
}

void run_server(int listenfd)
{
	while (1) {
		int clnt_sock = tcp_accept(listenfd);
		pid_t process_id = fork();

		if (process_id < 0) {
			perror("fork() failed");
			close(clnt_sock);
			continue;
		}
		if (process_id == 0) {
			close(listenfd);
			serve_client(clnt_sock);
			_exit(0);
		}
		close(clnt_sock);
		children++;
		cleanup();
	}
}
