/* mounts.c - see mounts.h. */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "compat.h"
#include "mounts.h"
#include "settings.h"

struct change { /* the kernel's struct mount_attr, which only new headers have */
	uint64_t set, clear, propagation, user_namespace;
};

/* The flags of mount(2) that a mount may have. A remount replaces them all; in a user namespace,
 * where it may not take one away, it would fail. */
static const struct {
	const char *option;
	unsigned long flag;
} kept[] = {
	{"ro", MS_RDONLY},
	{"nosuid", MS_NOSUID},
	{"nodev", MS_NODEV},
	{"noexec", MS_NOEXEC},
	{"noatime", MS_NOATIME},
	{"nodiratime", MS_NODIRATIME},
	{"relatime", MS_RELATIME},
};

static unsigned long flags_of(unsigned int attributes)
{
	unsigned long flags = 0;

	if (attributes & MOUNT_ATTR_RDONLY)
		flags |= MS_RDONLY;
	if (attributes & MOUNT_ATTR_NOSUID)
		flags |= MS_NOSUID;
	if (attributes & MOUNT_ATTR_NODEV)
		flags |= MS_NODEV;
	return flags;
}

/* Takes a list like "rw,nosuid,relatime" apart. */
static unsigned long flags_in(char *options)
{
	unsigned long flags = 0;
	char *rest;

	for (char *word = strtok_r(options, ",", &rest); word; word = strtok_r(NULL, ",", &rest))
		for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
			if (strcmp(word, kept[i].option) == 0)
				flags |= kept[i].flag;
	return flags;
}

static void remount(const char *path, unsigned long flags)
{
	if (mount(NULL, path, NULL, MS_REMOUNT | MS_BIND | flags, NULL) == -1)
		err(EXIT_BOX_FAILED, "remount %s", path);
}

/* Replaces \040 and the like by the characters that they stand for (blank, tab, newline,
 * backslash). */
static void unescape(char *text)
{
	char *to = text;

	for (; *text != '\0'; to++) {
		unsigned int code;

		if (*text == '\\' && sscanf(text + 1, "%3o", &code) == 1) {
			*to = (char)code;
			text += 4;
		} else {
			*to = *text++;
		}
	}
	*to = '\0';
}

static bool is_below(const char *path, const char *folder)
{
	size_t length = strlen(folder);

	return strncmp(path, folder, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

/* proc(5): number, parent's number, device, root, mount point, options... */
static void remount_all(const char *path, unsigned int attributes, const char *mountinfo)
{
	FILE *file = fopen(mountinfo, "re");
	char *line = NULL, *point, *options;
	size_t size = 0;

	if (file == NULL)
		err(EXIT_BOX_FAILED, "%s", mountinfo);
	while (getline(&line, &size, file) != -1) {
		if (sscanf(line, "%*s %*s %*s %*s %ms %ms", &point, &options) != 2)
			errx(EXIT_BOX_FAILED, "%s: %s", mountinfo, line);
		unescape(point);
		if (is_below(point, path))
			remount(point, flags_in(options) | flags_of(attributes));
		free(point);
		free(options);
	}
	free(line);
	fclose(file);
}

/* Returns whether the kernel has the call. */
static bool set_attributes(const char *path, unsigned int attributes, unsigned int flags)
{
	struct change change = {.set = attributes};

	if (syscall(__NR_mount_setattr, -1, path, flags, &change, sizeof(change)) == 0)
		return true;
	if (errno != ENOSYS)
		err(EXIT_BOX_FAILED, "mount_setattr %s", path);
	return false;
}

void restrict_mount(const char *path, unsigned int attributes)
{
	if (!set_attributes(path, attributes, 0))
		remount(path, flags_of(attributes));
}

void restrict_mounts(const char *path, unsigned int attributes, const char *mountinfo)
{
	if (!set_attributes(path, attributes, AT_RECURSIVE))
		remount_all(path, attributes, mountinfo);
}
