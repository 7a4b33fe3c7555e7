/* generator.c - puts load on servers, from one thread, and says when each client was answered.
 *
 *	generator script PORT < CLIENTS		a line a client: ARRIVES PAUSE N REPLY
 *	generator bursts PORT CLIENTS N REPLY SECONDS TIMES
 *	generator loop PORT CLIENTS N REPLY SECONDS
 *
 * script: each client connects ARRIVES microseconds after the start, sends N at once, and the
 * newline PAUSE microseconds later. Prints a line a client, in their order: the nanoseconds from
 * the start to its connection, to the end of its request, and to its whole reply. They must be in
 * the order of arrival.
 * bursts: CLIENTS clients at once, each with one request; again and again, for SECONDS and at least
 * TIMES. Prints the nanoseconds of each burst, from the first connection to the last reply.
 * loop: CLIENTS clients that come back, each as soon as the server has closed its last connection,
 * for SECONDS. Prints the number of requests, the nanoseconds that they took, and the nanoseconds
 * of CPU time that the generator itself has used.
 *
 * A reply other than REPLY, or none, ends the program: one line on standard error, exit status 1.
 */
#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "generator_client.h"

#define NS_PER_US INT64_C(1000)

enum { NEVER = -1 };

static void set_to_earlier(int64_t *next, int64_t due)
{
	if (*next == NEVER || due < *next)
		*next = due;
}

/* Lets clients connect, and complete their requests, whose time has come. Returns when something
 * will be due again, in ns since the start, or NEVER. */
static int64_t do_what_is_due(size_t number)
{
	int64_t next = NEVER, now = elapsed();

	for (size_t i = 0; i < number; i++) {
		struct client *client = &clients[i];

		if (client->replied)
			continue;
		if (client->arrives > now) {
			set_to_earlier(&next, client->arrives);
			continue;
		}
		if (client->fd == NOT_CONNECTED)
			arrive(client);
		if (client->pause > 0 && client->arrives + client->pause <= now)
			finish_request(client);
		else if (client->pause > 0)
			set_to_earlier(&next, client->arrives + client->pause);
	}
	return next;
}

/* Reads the clients' script. Returns how many there are. */
static size_t read_script(void)
{
	size_t number = 0;

	while (number < MAX_CLIENTS) {
		struct client *client = &clients[number];
		int64_t arrives, pause;

		if (scanf("%" SCNd64 " %" SCNd64 " %15s %63s", &arrives, &pause, client->n,
			    client->expected) != 4)
			break;
		client->arrives = arrives * NS_PER_US;
		client->pause = pause * NS_PER_US;
		number++;
	}
	return number;
}

static void print_times(const struct client *client)
{
	printf("%" PRId64 " %" PRId64, client->connected, client->sent);
	printf(" %" PRId64 "\n", client->answered);
}

static void play_script(void)
{
	size_t number = read_script(), answered = 0;
	int timer = create_timer();

	start_clock();
	while (answered < number) {
		int64_t due = do_what_is_due(number);
		struct client *client;

		if (due != NEVER)
			set_timer(timer, due);
		client = next_answered();
		if (client == NULL) {
			clear_timer(timer);
			continue;
		}
		leave(client);
		answered++;
	}
	for (size_t i = 0; i < number; i++)
		print_times(&clients[i]);
}

static void play_bursts(size_t number, int64_t duration, int64_t times)
{
	int64_t end = clock_ns(CLOCK_MONOTONIC) + duration;

	for (int64_t done = 0; done < times || clock_ns(CLOCK_MONOTONIC) < end; done++) {
		start_clock();
		for (size_t i = 0; i < number; i++)
			arrive(&clients[i]);
		for (size_t i = 0; i < number; i++)
			leave(next_answered());
		printf("%" PRId64 "\n", elapsed());
	}
}

static void play_loop(size_t number, int64_t duration)
{
	int64_t cpu = clock_ns(CLOCK_PROCESS_CPUTIME_ID), requests = 0;

	await_close();
	start_clock();
	for (size_t i = 0; i < number; i++)
		arrive(&clients[i]);
	while (elapsed() < duration) {
		struct client *client = next_answered();

		requests++;
		leave(client);
		arrive(client);
	}
	printf("%" PRId64 " %" PRId64, requests, elapsed());
	printf(" %" PRId64 "\n", clock_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu);
}

static void usage(void)
{
	errx(EXIT_FAILURE, "usage: see generator.c");
}

/* Returns a whole number from 0 to most. */
static long number_of(const char *word, long most)
{
	char *end;
	long number;

	errno = 0;
	number = strtol(word, &end, 10);
	if (errno != 0 || end == word || *end != '\0' || number < 0 || number > most)
		usage();
	return number;
}

/* Returns a number of seconds, as ns. */
static int64_t duration_of(const char *word)
{
	char *end;
	double seconds = strtod(word, &end);

	if (end == word || *end != '\0' || seconds < 0)
		usage();
	return (int64_t)(seconds * (double)NS_PER_S);
}

/* Gives the first clients the same request; returns how many. */
static size_t prepare_clients(const char *number, const char *n, const char *expected)
{
	size_t count = (size_t)number_of(number, MAX_CLIENTS);

	for (size_t i = 0; i < count; i++) {
		snprintf(clients[i].n, sizeof(clients[i].n), "%s", n);
		snprintf(clients[i].expected, sizeof(clients[i].expected), "%s", expected);
	}
	return count;
}

int main(int argc, char *argv[])
{
	const char *mode = argc > 2 ? argv[1] : "";

	if (argc > 2)
		set_up_clients((uint16_t)number_of(argv[2], UINT16_MAX));
	if (strcmp(mode, "script") == 0 && argc == 3)
		play_script();
	else if (strcmp(mode, "bursts") == 0 && argc == 8)
		play_bursts(prepare_clients(argv[3], argv[4], argv[5]), duration_of(argv[6]),
			number_of(argv[7], INT32_MAX));
	else if (strcmp(mode, "loop") == 0 && argc == 7)
		play_loop(prepare_clients(argv[3], argv[4], argv[5]), duration_of(argv[6]));
	else
		usage();
	return 0;
}
