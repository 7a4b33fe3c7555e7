/* Buggy: 32 static structs, used in turn, so that malloc is not needed.
 * Loses: mt-races
 * Why: a 33rd client may come before the first one's thread has read its own.
 * Either: mt-memory - many clients at once meet the race by themselves
 * Either: mt-speedup - likewise
 */
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "server.h"

struct session {
	atomic_int fd;
	_Atomic time_t begin;
};

static struct session sessions[32];

static void *run_session(void *arg)
{
	struct session *session = arg;
	int fd = session->fd;

	serve_client(fd);
	close(fd);
	return NULL;
}

void run_server(int listenfd)
{
	unsigned int n = 0;

	for (;;) {
		struct session *session = &sessions[n++ & 31];
		pthread_t tid;
		int fd = tcp_accept(listenfd);

		session->fd = fd;
		session->begin = time(NULL);
		if (pthread_create(&tid, NULL, run_session, session) != 0)
			close(fd);
		else
			pthread_detach(tid);
	}
}
