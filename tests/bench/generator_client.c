/* generator_client.c - see generator_client.h. */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "generator_client.h"

enum { MAX_EVENTS = 64 };

struct client clients[MAX_CLIENTS];

static struct sockaddr_in address = {.sin_family = AF_INET};
static uint32_t awaited = EPOLLIN;
static int pollfd;
static int64_t started;

void set_up_clients(uint16_t port)
{
	address.sin_port = htons(port);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	for (size_t i = 0; i < MAX_CLIENTS; i++)
		clients[i].fd = NOT_CONNECTED;
	pollfd = epoll_create1(EPOLL_CLOEXEC);
	if (pollfd == -1)
		err(EXIT_FAILURE, "epoll_create1");
}

void await_close(void)
{
	awaited = EPOLLRDHUP;
}

int64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	if (clock_gettime(clock, &now) == -1)
		err(EXIT_FAILURE, "clock_gettime");
	return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

void start_clock(void)
{
	started = clock_ns(CLOCK_MONOTONIC);
}

int64_t elapsed(void)
{
	return clock_ns(CLOCK_MONOTONIC) - started;
}

static void fail(const struct client *client, const char *what)
{
	errx(EXIT_FAILURE, "client %d: %s", (int)(client - clients) + 1, what);
}

/* Lets epoll_wait tell of a descriptor; client is NULL for a timer. */
static void add_to_poll(int fd, uint32_t events, struct client *client)
{
	struct epoll_event event = {.events = events, .data.ptr = client};

	if (epoll_ctl(pollfd, EPOLL_CTL_ADD, fd, &event) == -1)
		err(EXIT_FAILURE, "epoll_ctl");
}

static void transmit(struct client *client, const char *data)
{
	if (send(client->fd, data, strlen(data), MSG_NOSIGNAL) == -1)
		fail(client, "the connection was reset before its request was sent");
	client->sent = elapsed();
}

void arrive(struct client *client)
{
	struct linger reset = {.l_onoff = 1, .l_linger = 0};
	char request[LINE_SIZE];

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
	snprintf(request, sizeof(request), "%s%s", client->n, client->pause > 0 ? "" : "\n");
	transmit(client, request);
	add_to_poll(client->fd, awaited, client);
}

void finish_request(struct client *client)
{
	transmit(client, "\n");
	client->pause = 0;
}

void leave(struct client *client)
{
	close(client->fd); /* which takes it out of pollfd too */
	client->fd = NOT_CONNECTED;
}

/* Returns whether the whole reply has come; ends the program if it is wrong. */
static bool reply_is_whole(const struct client *client)
{
	size_t length = strlen(client->expected);

	if (client->length == 0 || client->reply[client->length - 1] != '\n') {
		if (client->length == sizeof(client->reply))
			fail(client, "the reply is too long");
		return false;
	}
	if (client->length != length + 1 || memcmp(client->reply, client->expected, length) != 0)
		fail(client, "the reply is wrong");
	return true;
}

/* Receives what has come. Returns whether the reply is whole now. */
static bool receive(struct client *client)
{
	while (!reply_is_whole(client)) {
		size_t room = sizeof(client->reply) - client->length;
		char *end = client->reply + client->length;
		ssize_t count = recv(client->fd, end, room, MSG_DONTWAIT);

		if (count == -1 && errno == EAGAIN)
			return false;
		if (count == -1)
			fail(client, "the connection was reset without a reply");
		if (count == 0)
			fail(client, "the connection ended without a reply");
		client->length += (size_t)count;
	}
	client->answered = elapsed();
	client->replied = true;
	return true;
}

struct client *next_answered(void)
{
	static struct epoll_event events[MAX_EVENTS];
	static int count, next;

	for (;;) {
		while (next < count) {
			struct client *client = events[next++].data.ptr;

			if (client == NULL || receive(client))
				return client;
		}
		next = 0;
		count = epoll_wait(pollfd, events, MAX_EVENTS, -1);
		if (count == -1 && errno != EINTR)
			err(EXIT_FAILURE, "epoll_wait");
	}
}

int create_timer(void)
{
	int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);

	if (timer == -1)
		err(EXIT_FAILURE, "timerfd_create");
	add_to_poll(timer, EPOLLIN, NULL);
	return timer;
}

void set_timer(int timer, int64_t due)
{
	int64_t when = started + due;
	struct itimerspec setting = {
		.it_value = {.tv_sec = when / NS_PER_S, .tv_nsec = when % NS_PER_S},
	};

	if (timerfd_settime(timer, TFD_TIMER_ABSTIME, &setting, NULL) == -1)
		err(EXIT_FAILURE, "timerfd_settime");
}

void clear_timer(int timer)
{
	uint64_t expirations;

	if (read(timer, &expirations, sizeof(expirations)) == -1 && errno != EAGAIN)
		err(EXIT_FAILURE, "timer");
}
