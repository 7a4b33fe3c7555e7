/* root_directory.c - see root_directory.h. */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "compat.h"
#include "mounts.h"
#include "root_directory.h"
#include "settings.h"

#define OLD_ROOT "/old" /* where the old root is until all is mounted */
#define ROOT_OPTIONS "mode=755,size=1m,nr_inodes=2k" /* tmpfs(5) */
/* Of /dev/shm, where shm_open(3) and sem_open(3) make files. Smaller, and servers that share much
 * fail; larger, and more memory is held that is not counted. */
#define SHARED_OPTIONS "size=4m,nr_inodes=256"
#define OWN_FLAGS (MS_NOSUID | MS_NODEV | MS_NOEXEC)

/* Writes the two parts of a path one after the other. */
static void join(char path[PATH_MAX], const char *folder, const char *name)
{
	if (snprintf(path, PATH_MAX, "%s%s", folder, name) >= PATH_MAX)
		errx(EXIT_BOX_FAILED, "%s%s: too long a path", folder, name);
}

static void make_folder(const char *path)
{
	if (mkdir(path, 0755) == -1 && errno != EEXIST)
		err(EXIT_BOX_FAILED, "mkdir %s", path);
}

/* Makes a folder, or an empty file, to mount something on, and the folders above. */
static void make_place(const char *path, bool folder)
{
	char name[PATH_MAX];
	int fd;

	join(name, path, "");
	for (char *slash = strchr(name + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		make_folder(name);
		*slash = '/';
	}
	if (folder) {
		make_folder(name);
		return;
	}
	fd = open(name, O_CREAT | O_RDONLY | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd == -1)
		err(EXIT_BOX_FAILED, "%s", name);
	close(fd);
}

/* A path that lies in one that was mounted before is there already. */
static void mount_path(const char *path, bool writable)
{
	char source[PATH_MAX];
	struct stat status;
	unsigned int attributes = MOUNT_ATTR_NOSUID;

	join(source, OLD_ROOT, path);
	if (strcmp(path, "/proc") == 0 || stat(source, &status) == -1)
		return;
	if (access(path, F_OK) == -1)
		make_place(path, S_ISDIR(status.st_mode));
	if (mount(source, path, NULL, MS_BIND | MS_REC, NULL) == -1)
		err(EXIT_BOX_FAILED, "mount %s", path);
	if (!writable)
		attributes |= MOUNT_ATTR_RDONLY;
	if (!S_ISCHR(status.st_mode)) /* /dev/null and the like are named one by one */
		attributes |= MOUNT_ATTR_NODEV;
	restrict_mounts(path, attributes, OLD_ROOT "/proc/self/mountinfo");
}

static void make_links(void)
{
	static const char *const links[][2] = {
		{"/proc/self/fd", "/dev/fd"},
		{"/proc/self/fd/0", "/dev/stdin"},
		{"/proc/self/fd/1", "/dev/stdout"},
		{"/proc/self/fd/2", "/dev/stderr"},
	};

	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		if (symlink(links[i][0], links[i][1]) == -1)
			err(EXIT_BOX_FAILED, "%s", links[i][1]);
}

/* Moves to the empty root; the old one stays at OLD_ROOT (pivot_root(2)). */
static void leave_root(void)
{
	/* Nothing that is mounted from now on gets out of this namespace. */
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == -1)
		err(EXIT_BOX_FAILED, "mounts");
	if (mount("box", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV, ROOT_OPTIONS) == -1)
		err(EXIT_BOX_FAILED, "tmpfs");
	if (chdir("/tmp") == -1 || mkdir("." OLD_ROOT, 0700) == -1)
		err(EXIT_BOX_FAILED, "tmpfs");
	if (syscall(__NR_pivot_root, ".", "." OLD_ROOT) == -1 || chdir("/") == -1)
		err(EXIT_BOX_FAILED, "pivot_root");
}

/* From here on there is no way to the old root, and the new one is read-only itself. */
static void forget_old_root(void)
{
	if (umount2(OLD_ROOT, MNT_DETACH) == -1 || rmdir(OLD_ROOT) == -1)
		err(EXIT_BOX_FAILED, "old root");
	restrict_mount("/", MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
}

static void mount_new(const char *type, const char *path, unsigned long flags, const char *options)
{
	make_place(path, true);
	if (mount("box", path, type, flags, options) == -1 && strcmp(type, "mqueue") != 0)
		err(EXIT_BOX_FAILED, "mount %s", path);
}

/* What is another one than outside. Landlock allows what is below a path, so message queues, which
 * need none, get one; a kernel may be without them. */
static void mount_own(void)
{
	mount_new("tmpfs", "/dev/shm", OWN_FLAGS, "mode=1777," SHARED_OPTIONS);
	mount_new("mqueue", "/dev/mqueue", OWN_FLAGS, NULL);
	mount_new("proc", "/proc", OWN_FLAGS | MS_RDONLY, NULL);
}

void new_root(char *const *list)
{
	char folder[PATH_MAX];

	if (getcwd(folder, sizeof(folder)) == NULL)
		err(EXIT_BOX_FAILED, "current folder");
	leave_root();
	for (; *list != NULL; list++) {
		const char *read = value_of(*list, "read"), *write = value_of(*list, "write");

		if (read != NULL)
			mount_path(read, false);
		if (write != NULL)
			mount_path(write, true);
	}
	mount_path("/dev/null", true);
	make_links();
	mount_own();
	forget_old_root();
	if (chdir(folder) == -1)
		err(EXIT_BOX_FAILED, "%s", folder);
}
