/* Buggy: C11 threads, which look for a free place in a table and mark it, all by themselves.
 * Loses: mt-races
 * Why: two threads may find the same place. It is for statistics only: every client gets its reply.
 */
#include <stdbool.h>
#include <stdint.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

#include "server.h"

#define PLACES 2048

static struct {
	bool used;
	time_t since;
} table[PLACES];

static int find_place(void)
{
	for (int i = 0; i < PLACES; i++)
		if (!table[i].used)
			return i;
	return 0;
}

static int serve(void *arg)
{
	int place = find_place();

	table[place].used = true;
	table[place].since = time(NULL);
	serve_client((int)(intptr_t)arg);
	close((int)(intptr_t)arg);
	table[place].used = false;
	return 0;
}

void run_server(int listenfd)
{
	thrd_t id;

	while (true) {
		int fd = tcp_accept(listenfd);

		if (thrd_create(&id, serve, (void *)(intptr_t)fd) != thrd_success)
			close(fd);
		else
			thrd_detach(id);
	}
}
