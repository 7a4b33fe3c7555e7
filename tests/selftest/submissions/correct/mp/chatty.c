/* Correct: tells on standard output and standard error about every client, flushed before fork. */
#include <errno.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

static long served;

static void reap_handler(int sig)
{
	static const char note[] = "[parent] a child is gone\n";
	int e = errno;

	(void)sig;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		if (write(STDERR_FILENO, note, sizeof note - 1) < 0)
			break;
	errno = e;
}

static const char *peer(int fd)
{
	static char text[INET_ADDRSTRLEN + 8];
	char host[INET_ADDRSTRLEN];
	struct sockaddr_in a;
	socklen_t len = sizeof a;

	if (getpeername(fd, (struct sockaddr *)&a, &len) < 0)
		return "somebody who left";
	snprintf(text, sizeof text, "%s:%d", inet_ntop(AF_INET, &a.sin_addr, host, sizeof host), ntohs(a.sin_port));
	return text;
}

void run_server(int listenfd)
{
	struct sigaction sa;

	memset(&sa, 0, sizeof sa);
	sa.sa_handler = reap_handler;
	sa.sa_flags = SA_RESTART;
	sigaction(SIGCHLD, &sa, NULL);
	printf("*** Welcome to the multiprocess server, pid %d ***\nlistening for clients\n", (int)getpid());

	for (;;) {
		int connfd;
		pid_t pid;

		printf("waiting for client %ld...\n", served + 1);
		fflush(stdout);
		connfd = tcp_accept(listenfd);
		printf("client %ld is %s\n", ++served, peer(connfd));
		fflush(stdout);		/* or the child would print it again */
		pid = fork();
		if (pid == -1) {
			printf("no process for client %ld: %s\n", served, strerror(errno));
		} else if (pid == 0) {
			close(listenfd);
			fprintf(stderr, "[child %d] serving\n", (int)getpid());
			serve_client(connfd);
			fprintf(stderr, "[child %d] done\n", (int)getpid());
			printf("Total: served client %ld\n", served);
			exit(0);
		} else {
			printf("client %ld goes to process %d\n", served, (int)pid);
		}
		close(connfd);
	}
}
