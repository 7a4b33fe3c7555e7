/* ipc.c - see ipc.h. */
#include <stdio.h>
#include <stdlib.h>
#include "ipc.h"

/* Bytes that the kernel takes for a semaphore, a message, or an object of a kind, about. */
enum { OF_EACH = 64, OF_OBJECT = 512 };

/* proc(5). Each format takes two numbers from a line; the heading has none. */
static const struct {
	const char *path, *format;
	unsigned long unit_first, unit_second;
} files[] = {
	/* resident bytes, swapped bytes */
	{"/proc/sysvipc/shm", "%*d %*d %*o %*u %*d %*d %*u %*u %*u %*u %*u %*u %*u %*u %lu %lu", 1,
		1},
	/* permissions, semaphores */
	{"/proc/sysvipc/sem", "%*d %*d %lo %lu", 0, OF_EACH},
	/* bytes, messages */
	{"/proc/sysvipc/msg", "%*d %*d %*o %lu %lu", 1, OF_EACH},
};

unsigned long memory_of_ipc(void)
{
	unsigned long sum = 0;

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		FILE *file = fopen(files[i].path, "re");
		unsigned long first, second;
		char line[512];

		if (file == NULL)
			continue; /* not in this kernel */
		while (fgets(line, sizeof(line), file) != NULL)
			if (sscanf(line, files[i].format, &first, &second) == 2)
				sum += first * files[i].unit_first + second * files[i].unit_second +
				       OF_OBJECT;
		fclose(file);
	}
	return sum;
}
