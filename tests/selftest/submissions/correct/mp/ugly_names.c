/* Correct: parent and children take names that confuse whoever splits /proc/PID/stat at blanks. */
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include "server.h"

void run_server(int listenfd)
{
	unsigned long serial = 0;
	static const char *names[] = { "a) Z 1 1 (b", ") ) ) R 0", "two\nlines", " ", "\t(x", "100% \\ \"'" };

	prctl(PR_SET_NAME, "mp) Z 1 (server");
	signal(SIGCHLD, SIG_IGN);
	for (;; serial++) {
		int connfd = tcp_accept(listenfd);

		switch (fork()) {
		case -1:
			perror("fork");
			break;
		case 0:
			prctl(PR_SET_NAME, names[serial % (sizeof names / sizeof *names)]);
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		}
		close(connfd);
	}
}
