/* Buggy: when fork fails, the oldest child is killed, to make room.
 * Loses: mp-robustness
 * Why: the client that it serves has done nothing but to be slow, and gets no reply.
 */
#include <err.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

enum { MOST = 4096 };

static pid_t children[MOST]; /* the oldest first */
static int living;

static void forget_ended(void)
{
	pid_t pid;

	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
		for (int i = 0; i < living; i++)
			if (children[i] == pid) {
				memmove(&children[i], &children[i + 1],
					(size_t)(--living - i) * sizeof(children[0]));
				break;
			}
}

void run_server(int listenfd)
{
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid;

		forget_ended();
		pid = fork();
		if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		}
		if (pid == -1) {
			warn("fork");
			if (living > 0)
				kill(children[0], SIGKILL);
		} else if (living < MOST) {
			children[living++] = pid;
		}
		close(connfd);
	}
}
