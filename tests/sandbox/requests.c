/* requests.c - see requests.h. */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include "control.h"
#include "injection.h"
#include "listener.h"
#include "refusals.h"
#include "requests.h"

enum { KIND_MAX = 16 };

static void answer_inject(const char *words)
{
	char kind[KIND_MAX];
	unsigned long skip;
	int error;
	long times;
	bool read = sscanf(words, "%15s %d %lu %ld", kind, &error, &skip, &times) == 4;

	tell("inject", read && inject(kind, error, skip, times));
}

static void answer_injected(const char *words)
{
	tell("injected", (long)injected(words));
}

static void answer_hold(const char *words)
{
	char kind[KIND_MAX];
	int on;

	tell("hold", sscanf(words, "%15s %d", kind, &on) == 2 && hold(kind, on != 0));
}

static void answer_sync(const char *words)
{
	(void)words;
	answer_all_calls();
	tell("sync", (long)calls_taken_back());
}

static void answer_refused(const char *words)
{
	char text[MESSAGE_MAX] = "refused";
	size_t length = strlen(text);

	(void)words;
	answer_all_calls();
	list_refused(text + length, sizeof(text) - length);
	tell_text(text);
}

static void answer_sockets(const char *words)
{
	int number;

	give_sockets(sscanf(words, "%d", &number) == 1 ? number : 0);
}

static const struct {
	const char *word;
	void (*answer)(const char *words);
} requests[] = {
	{"sockets", answer_sockets},
	{"inject", answer_inject},
	{"injected", answer_injected},
	{"hold", answer_hold},
	{"sync", answer_sync},
	{"refused", answer_refused},
};

bool answer_request(void)
{
	char text[REQUEST_MAX], *rest = text;
	bool there = hear(text);
	const char *word = strsep(&rest, " ");

	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++)
		if (strcmp(word, requests[i].word) == 0)
			requests[i].answer(rest == NULL ? "" : rest);
	return there;
}
