/* settings.c - see settings.h. */
#define _GNU_SOURCE
#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "settings.h"

#define WORDS_BEFORE_SETTINGS 4 /* box CONTROL TIER UID */

const char *value_of(const char *setting, const char *name)
{
	size_t length = strlen(name);

	if (strncmp(setting, name, length) != 0 || setting[length] != '=')
		return NULL;
	return setting + length + 1;
}

unsigned long number_of(const char *text)
{
	unsigned long number;
	char *end;

	errno = 0;
	number = strtoul(text, &end, 10);
	if (!isdigit((unsigned char)text[0]) || *end != '\0' || errno != 0)
		errx(EXIT_BOX_FAILED, "%s: not a number", text);
	return number;
}

static void read_setting(struct settings *settings, const char *setting)
{
	const char *value;

	if ((value = value_of(setting, "memory")) != NULL)
		settings->memory = number_of(value);
	if ((value = value_of(setting, "processes")) != NULL)
		settings->processes = number_of(value);
	if ((value = value_of(setting, "wall")) != NULL)
		settings->wall = number_of(value) * 1000;
	if ((value = value_of(setting, "faults")) != NULL)
		settings->faults = number_of(value);
	if ((value = value_of(setting, "preload")) != NULL)
		settings->preload = value;
}

void read_settings(struct settings *settings, int argc, char *argv[])
{
	char **word;

	if (argc <= WORDS_BEFORE_SETTINGS)
		errx(EXIT_BOX_FAILED,
			"usage: box CONTROL TIER UID [SETTING]... -- PROGRAM [ARG]...");
	*settings = (struct settings){
		.control = (int)number_of(argv[1]),
		.tier = (int)number_of(argv[2]),
		.uid = strcmp(argv[3], "-1") == 0 ? SAME_USER : (uid_t)number_of(argv[3]),
		.list = argv + WORDS_BEFORE_SETTINGS,
	};
	for (word = settings->list; *word != NULL && strcmp(*word, "--") != 0; word++)
		read_setting(settings, *word);
	if (*word == NULL || word[1] == NULL)
		errx(EXIT_BOX_FAILED, "no program");
	*word = NULL;
	settings->command = word + 1;
}
