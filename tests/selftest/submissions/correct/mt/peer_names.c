/* Correct: each thread asks for its client's address, and serves it also if it gets none (it may be gone by then). */
#include <arpa/inet.h>
#include <err.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server.h"

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;
	struct sockaddr_in peer;
	socklen_t length = sizeof(peer);
	char name[INET_ADDRSTRLEN] = "127.0.0.1";

	if (getpeername(connfd, (struct sockaddr *)&peer, &length) == 0 && peer.sin_family == AF_INET &&
	    inet_ntop(AF_INET, &peer.sin_addr, name, sizeof(name)) != NULL &&
	    strcmp(name, "127.0.0.1") != 0)
		warnx("a client from %s", name);
	serve_client(connfd);
	close(connfd);
	return NULL;
}

void run_server(int listenfd)
{
	for (;;) {
		int fd = tcp_accept(listenfd);
		pthread_t thread;

		if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)fd) == 0)
			pthread_detach(thread);
		else
			close(fd);
	}
}
