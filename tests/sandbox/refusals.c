/* refusals.c - see refusals.h. */
#include <stdio.h>
#include <string.h>
#include "refusals.h"

enum { NAMES_MAX = 256 }; /* there are fewer rules */

static struct refused {
	const char *name;
	unsigned long number;
} list[NAMES_MAX];
static size_t list_length;

/* Several rules have the same name. */
void count_refused(const char *name)
{
	size_t i = 0;

	while (i < list_length && strcmp(list[i].name, name) != 0)
		i++;
	if (i == NAMES_MAX)
		return;
	if (i == list_length)
		list[list_length++].name = name;
	list[i].number++;
}

void list_refused(char *text, size_t size)
{
	text[0] = '\0';
	for (size_t i = 0; i < list_length; i++) {
		int length = snprintf(text, size, " %s %lu", list[i].name, list[i].number);

		if (length < 0 || (size_t)length >= size) {
			text[0] = '\0';
			return;
		}
		text += length;
		size -= (size_t)length;
	}
}
