/* rlimits.c - see rlimits.h. */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stddef.h>
#include <sys/resource.h>
#include <unistd.h>
#include "rlimits.h"
#include "settings.h"

static const struct {
	const char *name;
	int resource;
} limits[] = {
	{"cpu", RLIMIT_CPU},
	{"as", RLIMIT_AS},
	{"fsize", RLIMIT_FSIZE},
	{"nofile", RLIMIT_NOFILE},
	{"nproc", RLIMIT_NPROC},
	{"core", RLIMIT_CORE},
	{"stack", RLIMIT_STACK},
	{"nice", RLIMIT_NICE},
	{"rtprio", RLIMIT_RTPRIO},
	{"msgqueue", RLIMIT_MSGQUEUE},
	{"memlock", RLIMIT_MEMLOCK},
};

static void set_limit(const char *setting)
{
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		const char *value = value_of(setting, limits[i].name);
		rlim_t number = value == NULL ? 0 : number_of(value);
		struct rlimit limit = {.rlim_cur = number, .rlim_max = number};

		if (value != NULL && setrlimit(limits[i].resource, &limit) == -1)
			err(EXIT_BOX_FAILED, "limit %s", setting);
	}
}

void set_limits(char *const *list)
{
	for (; *list != NULL; list++)
		set_limit(*list);
}

void die_first(void)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	if (fd == -1)
		return;
	if (write(fd, "1000", 4) == -1)
		errno = 0;
	close(fd);
}

void run_at_once(void)
{
	struct sched_param lowest = {.sched_priority = sched_get_priority_min(SCHED_FIFO)};

	if (sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &lowest) == -1)
		errno = 0;
}

void run_like_others(void)
{
	struct sched_param none = {0};

	if (sched_setscheduler(0, SCHED_OTHER | SCHED_RESET_ON_FORK, &none) == -1)
		errno = 0;
}
