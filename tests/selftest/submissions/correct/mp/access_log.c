/* Correct: a line for each client, with date and address, written by the parent's loop. */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "server.h"

static void reap(int signo)
{
	int saved = errno;

	(void)signo;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	errno = saved;
}

static void log_client(int connfd, pid_t pid)
{
	char date[32] = "", address[INET_ADDRSTRLEN] = "gone already";
	struct sockaddr_in client;
	socklen_t length = sizeof(client);
	time_t now = time(NULL);
	struct tm tm;

	if (localtime_r(&now, &tm) != NULL)
		strftime(date, sizeof(date), "%F %T", &tm);
	if (getpeername(connfd, (struct sockaddr *)&client, &length) == 0)
		inet_ntop(AF_INET, &client.sin_addr, address, sizeof(address));
	fprintf(stderr, "%s %s process %d\n", date, address, (int)pid);
}

void run_server(int listenfd)
{
	struct sigaction sa = {.sa_handler = reap, .sa_flags = SA_RESTART};

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
			_exit(0);
		}
		log_client(connfd, pid);
		close(connfd);
	}
}
