/* load.c - puts load on servers, from one thread, and says when each client was answered.
 *
 *	load script PORT < CLIENTS		a line a client: ARRIVES PAUSE N REPLY
 *	load bursts PORT CLIENTS N REPLY SECONDS TIMES
 *	load loop PORT CLIENTS N REPLY SECONDS
 *
 * script: each client connects ARRIVES microseconds after the start, sends N at once, and the newline PAUSE microseconds
 * later. Prints a line a client, in their order: the nanoseconds from the start to its connection, to the end of its
 * request, and to its whole reply. They must be in the order of arrival.
 * bursts: CLIENTS clients at once, each with one request; again and again, for SECONDS and at least TIMES. Prints the
 * nanoseconds of each burst, from the first connection to the last reply.
 * loop: CLIENTS clients that come back, each as soon as the server has closed its last connection, for SECONDS. Prints
 * the number of requests, the nanoseconds that they took, and how many of these the generator itself was at work (CPU).
 *
 * A reply other than REPLY, or none, ends the program: one line on standard error, exit 1. A client closes by a reset,
 * so that no connection stays behind in TIME_WAIT and takes up a port (socket(7), SO_LINGER).
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { MAX_CLIENTS = 1000, LINE = 64, EVENTS = 64 };

struct client {
	int64_t arrives, pause;		      /* ns */
	char n[LINE / 4], expected[LINE / 2]; /* without newlines */
	int fd;				      /* -1: not connected */
	bool replied;
	int64_t connected, sent, answered; /* ns since the start */
	char reply[LINE];
	size_t length;
};

static struct client clients[MAX_CLIENTS];
static struct sockaddr_in address = {.sin_family = AF_INET};
static uint32_t awaited = EPOLLIN; /* a reply; or, with EPOLLRDHUP, the end of the connection after it */
static int pollfd;
static int64_t started;

static int64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int64_t elapsed(void)
{
	return clock_ns(CLOCK_MONOTONIC) - started;
}

static void fail(const struct client *client, const char *what)
{
	errx(EXIT_FAILURE, "client %d: %s", (int)(client - clients) + 1, what);
}

static void transmit(struct client *client, const char *data)
{
	if (send(client->fd, data, strlen(data), MSG_NOSIGNAL) == -1)
		fail(client, "the connection was reset before its request was sent");
}

/* Connects, which on loopback takes no time as long as the listen queue has room, and sends the request. */
static void arrive(struct client *client)
{
	struct epoll_event event = {.events = awaited, .data.ptr = client};
	struct linger reset = {.l_onoff = 1, .l_linger = 0};
	char request[LINE];

	client->connected = elapsed();
	client->replied = false;
	client->length = 0;
	client->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (client->fd == -1)
		err(EXIT_FAILURE, "socket");
	if (setsockopt(client->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset)) == -1)
		err(EXIT_FAILURE, "setsockopt");
	if (connect(client->fd, (struct sockaddr *)&address, sizeof(address)) == -1)
		fail(client, "connection refused: the server has ended");
	snprintf(request, sizeof(request), client->pause > 0 ? "%s" : "%s\n", client->n);
	transmit(client, request);
	client->sent = elapsed();
	if (epoll_ctl(pollfd, EPOLL_CTL_ADD, client->fd, &event) == -1)
		err(EXIT_FAILURE, "epoll_ctl");
}

static void finish_request(struct client *client)
{
	transmit(client, "\n");
	client->sent = elapsed();
	client->pause = 0;
}

static void leave(struct client *client)
{
	close(client->fd); /* which takes it out of pollfd too */
	client->fd = -1;
}

/* Takes in what has come. Returns whether the reply is whole. */
static bool take(struct client *client)
{
	ssize_t count;

	for (;;) {
		count = recv(client->fd, client->reply + client->length, sizeof(client->reply) - client->length,
			MSG_DONTWAIT);
		if (count == -1 && errno == EAGAIN)
			return false;
		if (count == -1)
			fail(client, "the connection was reset without a reply");
		if (count == 0)
			fail(client, "the connection ended without a reply");
		client->length += (size_t)count;
		if (client->length == sizeof(client->reply))
			fail(client, "the reply is too long");
		if (client->reply[client->length - 1] != '\n')
			continue;
		if (client->length - 1 != strlen(client->expected) ||
			memcmp(client->reply, client->expected, client->length - 1))
			fail(client, "the reply is wrong");
		client->answered = elapsed();
		client->replied = true;
		return true;
	}
}

/* Returns the next client that has what it came for; NULL when it is time for something else. */
static struct client *next_answered(void)
{
	static struct epoll_event events[EVENTS];
	static int count, next;

	for (;;) {
		while (next < count) {
			struct client *client = events[next++].data.ptr;

			if (client == NULL)
				return NULL;
			if (take(client))
				return client;
		}
		next = 0;
		count = epoll_wait(pollfd, events, EVENTS, -1);
		if (count == -1 && errno != EINTR)
			err(EXIT_FAILURE, "epoll_wait");
	}
}

static void enlist(size_t number, const char *n, const char *expected)
{
	for (size_t i = 0; i < number; i++) {
		snprintf(clients[i].n, sizeof(clients[i].n), "%s", n);
		snprintf(clients[i].expected, sizeof(clients[i].expected), "%s", expected);
	}
}

/* Does what is due, and returns when something is due next, in ns since the start; -1 for never. */
static int64_t act(size_t number)
{
	int64_t next = -1, now = elapsed();

	for (size_t i = 0; i < number; i++) {
		int64_t due;

		if (clients[i].fd == -1 && !clients[i].replied && clients[i].arrives <= now)
			arrive(&clients[i]);
		if (clients[i].replied || (clients[i].fd != -1 && clients[i].pause == 0))
			continue;
		due = clients[i].arrives + (clients[i].fd == -1 ? 0 : clients[i].pause);
		if (clients[i].fd != -1 && due <= now)
			finish_request(&clients[i]);
		else if (next == -1 || due < next)
			next = due;
	}
	return next;
}

static void play_script(void)
{
	struct epoll_event event = {.events = EPOLLIN};
	size_t number = 0, answered = 0;
	int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	int64_t arrives, pause;
	uint64_t ignored;

	while (number < MAX_CLIENTS &&
		scanf("%ld %ld %15s %31s", &arrives, &pause, clients[number].n, clients[number].expected) == 4) {
		clients[number].arrives = arrives * 1000;
		clients[number].pause = pause * 1000;
		clients[number++].fd = -1;
	}
	if (timer == -1 || epoll_ctl(pollfd, EPOLL_CTL_ADD, timer, &event) == -1)
		err(EXIT_FAILURE, "timer");
	started = clock_ns(CLOCK_MONOTONIC);
	while (answered < number) {
		int64_t due = act(number), when = started + due;
		struct itimerspec alarm = {
			.it_value = {.tv_sec = when / 1000000000, .tv_nsec = when % 1000000000}
		       };
		struct client *client;

		if (due != -1 && timerfd_settime(timer, TFD_TIMER_ABSTIME, &alarm, NULL) == -1)
			err(EXIT_FAILURE, "timer");
		client = next_answered();
		if (client == NULL) {
			if (read(timer, &ignored, sizeof(ignored)) == -1 && errno != EAGAIN)
				err(EXIT_FAILURE, "timer");
			continue;
		}
		leave(client);
		answered++;
	}
	for (size_t i = 0; i < number; i++)
		printf("%ld %ld %ld\n", (long)clients[i].connected, (long)clients[i].sent, (long)clients[i].answered);
}

static void bursts(size_t number, double seconds, int times)
{
	int64_t end = clock_ns(CLOCK_MONOTONIC) + (int64_t)(seconds * 1e9);

	for (int done = 0; done < times || clock_ns(CLOCK_MONOTONIC) < end; done++) {
		started = clock_ns(CLOCK_MONOTONIC);
		for (size_t i = 0; i < number; i++)
			arrive(&clients[i]);
		for (size_t i = 0; i < number; i++)
			leave(next_answered());
		printf("%ld\n", (long)elapsed());
	}
}

static void loop(size_t number, double seconds)
{
	int64_t end = (int64_t)(seconds * 1e9), cpu = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
	long requests = 0;

	awaited = EPOLLRDHUP;
	started = clock_ns(CLOCK_MONOTONIC);
	for (size_t i = 0; i < number; i++)
		arrive(&clients[i]);
	while (elapsed() < end) {
		struct client *client = next_answered();

		requests++;
		leave(client);
		arrive(client);
	}
	printf("%ld %ld %ld\n", requests, (long)elapsed(), (long)(clock_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu));
}

int main(int argc, char *argv[])
{
	const char *mode = argc > 1 ? argv[1] : "";
	size_t number = argc > 3 ? (size_t)atoi(argv[3]) : 0;

	pollfd = epoll_create1(EPOLL_CLOEXEC);
	if (pollfd == -1)
		err(EXIT_FAILURE, "epoll_create1");
	if (number > MAX_CLIENTS)
		errx(EXIT_FAILURE, "at most %d clients", MAX_CLIENTS);
	if (argc >= 7)
		enlist(number, argv[4], argv[5]);
	if (argc > 2) {
		address.sin_port = htons((uint16_t)atoi(argv[2]));
		address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	}
	if (strcmp(mode, "script") == 0 && argc == 3)
		play_script();
	else if (strcmp(mode, "bursts") == 0 && argc == 8)
		bursts(number, atof(argv[6]), atoi(argv[7]));
	else if (strcmp(mode, "loop") == 0 && argc == 7)
		loop(number, atof(argv[6]));
	else
		errx(EXIT_FAILURE, "usage: see load.c");
	return 0;
}
