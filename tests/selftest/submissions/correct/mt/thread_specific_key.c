/* Correct: pthread_setspecific with a destructor, which closes the connection and frees its record as the thread ends. */
#include <err.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "server.h"

typedef struct session {
	int fd;
	time_t since;
} session_t;

static pthread_key_t session_key;

static void session_end(void *arg)
{
	session_t *session = arg;

	close(session->fd);
	free(session);
}

static void *session_main(void *arg)
{
	session_t *session = arg;

	if (pthread_setspecific(session_key, session) != 0) {
		session_end(session);
		return NULL;
	}
	session->since = time(NULL);
	serve_client(session->fd);
	return NULL;
}

void run_server(int listenfd)
{
	pthread_attr_t attr;

	if (pthread_key_create(&session_key, session_end) != 0)
		errx(EXIT_FAILURE, "pthread_key_create");
	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	for (;;) {
		int fd = tcp_accept(listenfd);
		session_t *session = malloc(sizeof(*session));
		pthread_t thread;

		if (session == NULL) {
			close(fd);
			continue;
		}
		session->fd = fd;
		if (pthread_create(&thread, &attr, session_main, session) != 0)
			session_end(session);
	}
}
