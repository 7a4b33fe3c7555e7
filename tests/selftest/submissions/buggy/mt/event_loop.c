/* Buggy: one thread with poll: whoever has sent something is served on the spot.
 * Loses: mt-threads mt-speedup
 * Why: silent clients hold up nobody, so it is concurrent; but there are no threads, and computations run one after another.
 * Either: mt-robustness - half a request keeps the loop in serve_client until its client goes
 */
#include <err.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>
#include "server.h"

static struct pollfd *set;
static nfds_t used, room;

static void add(int fd)
{
	if (used == room) {
		room = room ? 2 * room : 16;
		if ((set = realloc(set, room * sizeof *set)) == NULL)
			err(1, "realloc");
	}
	set[used++] = (struct pollfd){ .fd = fd, .events = POLLIN };
}

void run_server(int listenfd)
{
	add(listenfd);
	for (;;) {
		if (poll(set, used, -1) <= 0)
			continue;
		for (nfds_t i = used; i-- > 1; ) {
			if (set[i].revents == 0)
				continue;
			serve_client(set[i].fd);
			close(set[i].fd);
			set[i] = set[--used];
		}
		if (set[0].revents)
			add(tcp_accept(listenfd));
	}
}
