/* generator_client.h - the clients of generator.c, the clock that their times go by, and a timer.
 * Whatever goes wrong ends the program: one line on standard error, exit status 1. */
#ifndef GENERATOR_CLIENT_H
#define GENERATOR_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#define NS_PER_S INT64_C(1000000000)

enum {
	MAX_CLIENTS = 1000,
	NUMBER_SIZE = 16,
	LINE_SIZE = 64, /* larger than a request or a reply, with room for a wrong one */
	NOT_CONNECTED = -1,
};

struct client {
	int64_t arrives, pause; /* ns */
	char n[NUMBER_SIZE];
	char expected[LINE_SIZE]; /* the reply, without its newline */
	int fd;
	bool replied;
	int64_t connected, sent, answered; /* ns since the start */
	char reply[LINE_SIZE];
	size_t length; /* of what has come of it */
};

extern struct client clients[MAX_CLIENTS];

/* Makes the clients ready for a server on a port of this machine. */
void set_up_clients(uint16_t port);

/* From now on a client is not answered before the server has closed its connection. */
void await_close(void);

int64_t clock_ns(clockid_t clock);

/* Sets the clock of the clients' times to 0, and returns what it shows. */
void start_clock(void);
int64_t elapsed(void);

/* Connects, which on loopback takes no time as long as the listen queue has room, and sends the
 * request; without its newline if there is a pause. */
void arrive(struct client *client);

/* Sends the newline. */
void finish_request(struct client *client);

/* Closes by a reset, so that no connection stays behind in TIME_WAIT and takes up a port
 * (socket(7), SO_LINGER). */
void leave(struct client *client);

/* Waits, and returns the next client that is answered; NULL when the timer has expired. */
struct client *next_answered(void);

/* Creates a timer, sets it to a time in ns since the start, and takes note that it has expired. */
int create_timer(void);
void set_timer(int timer, int64_t due);
void clear_timer(int timer);

#endif
