/* floor.c - the least that a server of its kind can do: accept + fork (or pthread_create) + read + write + close.
 *
 * Compiled with -DPROCESSES it forks, else it creates threads.
 *
 * No parsing, no computing, no look at an error: every client gets fib(0). mp_server and mt_server are measured against
 * it. Prints `listening on PORT` like them. Where it forks, the kernel reaps (SIGCHLD ignored: sigaction(2)).
 */
#include <arpa/inet.h>
#include <err.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static void serve(int connfd)
{
	char request[32];

	if (read(connfd, request, sizeof(request)) > 0 && write(connfd, "1\n", 2) == -1)
		return;
}

#ifdef PROCESSES
static void run(int listenfd)
{
	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		int connfd = accept(listenfd, NULL, NULL);

		if (fork() == 0) {
			serve(connfd);
			_exit(0);
		}
		close(connfd);
	}
}
#else
static void *serve_and_close(void *arg)
{
	serve((int)(intptr_t)arg);
	close((int)(intptr_t)arg);
	return NULL;
}

static void run(int listenfd)
{
	pthread_attr_t detached;

	pthread_attr_init(&detached);
	pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
	for (;;) {
		pthread_t thread;
		int connfd = accept(listenfd, NULL, NULL);

		if (pthread_create(&thread, &detached, serve_and_close, (void *)(intptr_t)connfd) != 0)
			close(connfd);
	}
}
#endif

int main(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_ANY)};
	socklen_t length = sizeof(address);
	int listenfd = socket(AF_INET, SOCK_STREAM, 0);

	signal(SIGPIPE, SIG_IGN);
	if (listenfd == -1 || bind(listenfd, (struct sockaddr *)&address, length) == -1 || listen(listenfd, SOMAXCONN) == -1 ||
	    getsockname(listenfd, (struct sockaddr *)&address, &length) == -1)
		err(EXIT_FAILURE, "floor");
	printf("listening on %d\n", ntohs(address.sin_port));
	fflush(stdout);
	run(listenfd);
}
