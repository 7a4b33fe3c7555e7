/* namespaces.c - see namespaces.h. */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include "compat.h"
#include "namespaces.h"
#include "privileges.h"
#include "settings.h"

#define NAMESPACES (CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS)

/* A kernel that is built without cgroups has no namespace of them, and nothing to hide there. */
static bool leave(int more)
{
	return unshare(NAMESPACES | CLONE_NEWCGROUP | more) == 0 || unshare(NAMESPACES | more) == 0;
}

static void write_line(const char *path, const char *line)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd == -1 || write(fd, line, strlen(line)) == -1)
		err(EXIT_BOX_FAILED, "%s", path);
	close(fd);
}

/* In the new user namespace, the number stays what it is outside (user_namespaces(7)). */
static void map_id(const char *path, unsigned int id)
{
	char line[64];

	snprintf(line, sizeof(line), "%u %u 1\n", id, id); /* 24 characters at most */
	write_line(path, line);
}

void new_namespaces(uid_t uid)
{
	gid_t gid;

	if (leave(0))
		return;
	become(uid);
	uid = geteuid();
	gid = getegid();
	/* The files below belong to root as long as the process, which has just changed its user,
	 * is not dumpable. */
	if (prctl(PR_SET_DUMPABLE, 1) == -1 || !leave(CLONE_NEWUSER))
		err(EXIT_BOX_FAILED, "namespaces");
	write_line("/proc/self/setgroups", "deny");
	map_id("/proc/self/uid_map", uid);
	map_id("/proc/self/gid_map", gid);
	if (prctl(PR_SET_DUMPABLE, 0) == -1)
		err(EXIT_BOX_FAILED, "prctl");
}

/* The handler of the file checks the permission (pid_namespaces(7)): the namespace's own root has
 * it, if /proc/sys can be written at all. Where pid_max is smaller, the number is refused. */
void begin_numbers_at(pid_t first)
{
	FILE *file = fopen("/proc/sys/kernel/ns_last_pid", "we");

	if (file == NULL)
		return;
	fprintf(file, "%d", (int)first - 1);
	if (fclose(file) == EOF)
		errno = 0;
}

void start_loopback(void)
{
	struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd == -1 || ioctl(fd, SIOCSIFFLAGS, &request) == -1)
		err(EXIT_BOX_FAILED, "loopback");
	close(fd);
}
