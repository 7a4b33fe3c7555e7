/* Buggy: the parent keeps a copy of each connection until its child has ended, for the log.
 * Loses: mp-descriptors
 * Why: a child has the copies of all that were being served when it began: while its client is
 *      silent, their connections do not end.
 */
#include <err.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

enum { MOST = 4096 };

static struct {
	pid_t pid;
	int copy;
} log_entries[MOST];

/* Tells how a child ended, with the address of its client. */
static void log_ended(pid_t pid, int status)
{
	for (int i = 0; i < MOST; i++) {
		if (log_entries[i].pid != pid)
			continue;
		if (status != 0)
			warnx("descriptor %d: status %d", log_entries[i].copy, status);
		close(log_entries[i].copy);
		log_entries[i].pid = 0;
		return;
	}
}

static void log_begun(pid_t pid, int connfd)
{
	for (int i = 0; i < MOST; i++) {
		if (log_entries[i].pid != 0)
			continue;
		log_entries[i].copy = dup(connfd);
		log_entries[i].pid = pid;
		return;
	}
}

void run_server(int listenfd)
{
	struct pollfd events[2] = {{.fd = listenfd, .events = POLLIN}, {.events = POLLIN}};
	struct signalfd_siginfo info;
	int status, connfd;
	sigset_t chld;
	pid_t pid;

	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	sigprocmask(SIG_BLOCK, &chld, NULL);
	events[1].fd = signalfd(-1, &chld, SFD_CLOEXEC);
	if (events[1].fd == -1)
		err(1, "signalfd");
	for (;;) {
		poll(events, 2, -1);
		if (events[1].revents && read(events[1].fd, &info, sizeof(info)) > 0)
			while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
				log_ended(pid, status);
		if (!events[0].revents)
			continue;
		connfd = tcp_accept(listenfd);
		pid = fork();
		if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		}
		if (pid == -1)
			warn("fork");
		else
			log_begun(pid, connfd);
		close(connfd);
	}
}
