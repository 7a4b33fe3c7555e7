/* landlock.c - see landlock.h. */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "compat.h"
#include "landlock.h"
#include "settings.h"

/* Rights to files. What a file can have that is not a folder; to read; to write all but devices,
 * sockets, FIFOs and symbolic links, which nothing that compiles needs to make. */
#define OF_A_FILE                                                                                  \
	(LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE |                              \
		LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_TRUNCATE |                       \
		LANDLOCK_ACCESS_FS_IOCTL_DEV)
#define TO_READ                                                                                    \
	(LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define TO_WRITE                                                                                   \
	(OF_A_FILE | LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_REMOVE_DIR |                 \
		LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR |                     \
		LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REFER)
/* All of them, of version 1; later ones are a bit each. */
#define OF_VERSION_1 (LANDLOCK_ACCESS_FS_REFER - 1)

enum { VERSION_REFER = 2, VERSION_TRUNCATE, VERSION_PORTS, VERSION_IOCTL, VERSION_SCOPES };

/* The kernel's structures, as long as the newest version that is known here. A kernel that does
 * not know the last members accepts them if they are 0. */
struct ruleset {
	uint64_t files, ports, scopes;
};
struct path_rule {
	uint64_t rights;
	int32_t fd;
} __attribute__((packed));
struct port_rule {
	uint64_t rights, port;
};

long landlock_version(void)
{
	long version =
		syscall(__NR_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

	return version > 0 ? version : 0;
}

/* Returns what of it all this version of Landlock can forbid. */
static struct ruleset ruleset_of(long version)
{
	struct ruleset all = {.files = OF_VERSION_1};

	if (version >= VERSION_REFER)
		all.files |= LANDLOCK_ACCESS_FS_REFER;
	if (version >= VERSION_TRUNCATE)
		all.files |= LANDLOCK_ACCESS_FS_TRUNCATE;
	if (version >= VERSION_PORTS)
		all.ports = LANDLOCK_ACCESS_NET_BIND_TCP | LANDLOCK_ACCESS_NET_CONNECT_TCP;
	if (version >= VERSION_IOCTL)
		all.files |= LANDLOCK_ACCESS_FS_IOCTL_DEV;
	if (version >= VERSION_SCOPES)
		all.scopes = LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET | LANDLOCK_SCOPE_SIGNAL;
	return all;
}

static void restrict_self(int rules)
{
	if (syscall(__NR_landlock_restrict_self, rules, 0) == -1)
		err(EXIT_BOX_FAILED, "landlock_restrict_self");
	close(rules);
}

static void allow_path(int rules, const char *path, uint64_t rights)
{
	struct path_rule rule = {.rights = rights, .fd = open(path, O_PATH | O_CLOEXEC)};
	struct stat status;

	if (rule.fd == -1)
		return; /* what does not exist needs no permission */
	if (fstat(rule.fd, &status) == -1)
		err(EXIT_BOX_FAILED, "%s", path);
	if (!S_ISDIR(status.st_mode))
		rule.rights &= OF_A_FILE;
	if (syscall(__NR_landlock_add_rule, rules, LANDLOCK_KIND_PATH, &rule, 0) == -1)
		err(EXIT_BOX_FAILED, "landlock_add_rule %s", path);
	close(rule.fd);
}

static void allow_binding(int rules, uint64_t port)
{
	struct port_rule rule = {.rights = LANDLOCK_ACCESS_NET_BIND_TCP, .port = port};

	if (syscall(__NR_landlock_add_rule, rules, LANDLOCK_KIND_PORT, &rule, 0) == -1)
		err(EXIT_BOX_FAILED, "landlock_add_rule");
}

void landlock(char *const *list, bool own_root)
{
	struct ruleset handled = ruleset_of(landlock_version());
	int rules = (int)syscall(__NR_landlock_create_ruleset, &handled, sizeof(handled), 0);

	if (rules == -1)
		err(EXIT_BOX_FAILED, "landlock_create_ruleset");
	for (; *list != NULL; list++) {
		const char *read = value_of(*list, "read"), *write = value_of(*list, "write");

		if (read != NULL)
			allow_path(rules, read, handled.files & TO_READ);
		if (write != NULL)
			allow_path(rules, write, handled.files & TO_WRITE);
	}
	allow_path(rules, "/dev/null", handled.files & OF_A_FILE);
	if (own_root) {
		allow_path(rules, "/dev/shm", handled.files & TO_WRITE);
		allow_path(rules, "/dev/mqueue", handled.files & TO_WRITE);
	}
	if (handled.ports != 0)
		allow_binding(rules, 0); /* any free one */
	restrict_self(rules);
}

bool landlock_signals(pid_t grader)
{
	struct ruleset handled = {.scopes = LANDLOCK_SCOPE_SIGNAL};
	int rules;

	if (landlock_version() < VERSION_SCOPES || kill(grader, 0) == -1)
		return false;
	rules = (int)syscall(__NR_landlock_create_ruleset, &handled, sizeof(handled), 0);
	if (rules == -1)
		return false;
	restrict_self(rules);
	return kill(grader, 0) == -1 && errno == EPERM;
}
