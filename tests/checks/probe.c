/* probe.c - see probe.h. How the probe meets the grader, and leaves no trace.
 *
 * Its standard input is a memory file of the grader's (memfd_create(2)). The probe maps it, and
 * puts in its place what other servers have there. Who executes another program loses the memory.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "probe.h"

extern char **environ;

static struct channel without_grader;
struct channel *channel = &without_grader;

void *original(const char *name)
{
	return dlsym(RTLD_NEXT, name);
}

static void map_channel(void)
{
	struct stat status;
	struct channel *mapped;

	if (fstat(STDIN_FILENO, &status) == -1 || !S_ISREG(status.st_mode) ||
		status.st_size != CHANNEL_SIZE)
		return;
	mapped = mmap(NULL, CHANNEL_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, STDIN_FILENO, 0);
	if (mapped == MAP_FAILED)
		return;
	if (mapped->magic != CHANNEL_MAGIC) {
		munmap(mapped, CHANNEL_SIZE);
		return;
	}
	close(STDIN_FILENO);
	if (open("/dev/null", O_RDWR) != STDIN_FILENO)
		abort(); /* the server would count and number its descriptors in another way */
	channel = mapped;
	atomic_fetch_add(&channel->loaded, 1);
}

/* The kernel shows the environment's memory as it is now (proc(5), environ): the words are
 * overwritten, too. */
static void leave_no_variable(void)
{
	static const char name[] = "LD_PRELOAD=";
	char **kept = environ;

	for (char **word = environ; *word != NULL; word++) {
		if (strncmp(*word, name, strlen(name)) == 0)
			explicit_bzero(*word, strlen(*word));
		else
			*kept++ = *word;
	}
	*kept = NULL;
}

__attribute__((constructor)) static void begin(void)
{
	if (environ != NULL)
		leave_no_variable();
	map_channel();
}
