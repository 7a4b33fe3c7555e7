/* namespaces.h - a world of its own for the program: processes, network, files, IPC, host name (namespaces(7)).
 *
 * The new root is an empty tmpfs in which the paths of read= and write= are mounted, all read-only but those of write=;
 * the network is a loopback; /proc shows the processes of the namespace alone. Who has the right to (root) makes these
 * without a user namespace; else there is one, in which the user keeps its number.
 */
#include <limits.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>

#define NAMESPACES (CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS)
#define OLD_ROOT "/old"

static void write_line(const char *path, const char *line)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd == -1 || write(fd, line, strlen(line)) == -1)
		err(126, "%s", path);
	close(fd);
}

/* In the new user namespace, the number stays what it is outside. */
static void map_id(const char *path, unsigned int id)
{
	char line[64];

	snprintf(line, sizeof(line), "%u %u 1\n", id, id);
	write_line(path, line);
}

static void new_namespaces(uid_t uid)
{
	gid_t gid;

	if (unshare(NAMESPACES) == 0)
		return;
	become(uid);
	uid = geteuid();
	gid = getegid();
	/* The files below belong to root as long as the process, which has just changed its user, is not dumpable. */
	if (prctl(PR_SET_DUMPABLE, 1) == -1 || unshare(NAMESPACES | CLONE_NEWUSER) == -1)
		err(126, "namespaces");
	write_line("/proc/self/setgroups", "deny");
	map_id("/proc/self/uid_map", uid);
	map_id("/proc/self/gid_map", gid);
	if (prctl(PR_SET_DUMPABLE, 0) == -1)
		err(126, "prctl");
}

static void start_loopback(void)
{
	struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd == -1 || ioctl(fd, SIOCSIFFLAGS, &request) == -1)
		err(126, "loopback");
	close(fd);
}

static void set_read_only(const char *path, int recursive)
{
	struct {
		uint64_t set, clear, propagation, user;
	} attributes = {.set = 1 | 2}; /* read-only, nosuid */

	if (syscall(442 /* mount_setattr */, -1, path, recursive, &attributes, sizeof(attributes)) == -1)
		err(126, "mount_setattr %s", path);
}

/* Makes a folder, or an empty file, to mount something on, and the folders above. */
static void make_place(const char *path, bool folder)
{
	char name[PATH_MAX];
	int fd;

	snprintf(name, sizeof(name), "%s", path);
	for (char *slash = strchr(name + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(name, 0755) == -1 && errno != EEXIST)
			err(126, "mkdir %s", name);
		*slash = '/';
	}
	if (folder && mkdir(name, 0755) == -1 && errno != EEXIST)
		err(126, "mkdir %s", name);
	if (!folder) {
		fd = open(name, O_CREAT | O_RDONLY | O_CLOEXEC | O_NOFOLLOW, 0644);
		if (fd == -1)
			err(126, "%s", name);
		close(fd);
	}
}

/* A path that lies in one that was mounted before is there already. */
static void mount_path(const char *path, bool writable)
{
	char source[PATH_MAX];
	struct stat status;

	snprintf(source, sizeof(source), OLD_ROOT "%s", path);
	if (strcmp(path, "/proc") == 0 || stat(source, &status) == -1)
		return;
	if (access(path, F_OK) == -1)
		make_place(path, S_ISDIR(status.st_mode));
	if (mount(source, path, NULL, MS_BIND | MS_REC, NULL) == -1)
		err(126, "mount %s", path);
	if (!writable)
		set_read_only(path, 0x8000 /* AT_RECURSIVE */);
}

static void make_links(void)
{
	static const char *const links[][2] = {
		{"/proc/self/fd",	  "/dev/fd"	   },
		{"/proc/self/fd/0", "/dev/stdin" },
		{"/proc/self/fd/1", "/dev/stdout"},
		{"/proc/self/fd/2", "/dev/stderr"},
	};

	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		if (symlink(links[i][0], links[i][1]) == -1)
			err(126, "%s", links[i][1]);
}

/* Moves to the empty root; the old one stays at OLD_ROOT until all is mounted. */
static void leave_root(void)
{
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == -1) /* nothing gets out of this namespace */
		err(126, "mounts");
	if (mount("box", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV, "mode=755,size=1m,nr_inodes=2k") == -1 ||
		chdir("/tmp") == -1 || mkdir("." OLD_ROOT, 0700) == -1)
		err(126, "tmpfs");
	if (syscall(__NR_pivot_root, ".", "." OLD_ROOT) == -1 || chdir("/") == -1)
		err(126, "pivot_root");
}

static void new_root(char **settings)
{
	char folder[PATH_MAX];

	if (getcwd(folder, sizeof(folder)) == NULL)
		err(126, "current folder");
	leave_root();
	for (; strcmp(*settings, "--") != 0; settings++) {
		if (value_of(*settings, "read"))
			mount_path(value_of(*settings, "read"), false);
		if (value_of(*settings, "write"))
			mount_path(value_of(*settings, "write"), true);
	}
	mount_path("/dev/null", true);
	make_links();
	make_place("/proc", true);
	if (mount("proc", "/proc", "proc", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) == -1)
		err(126, "mount /proc");
	if (umount2(OLD_ROOT, MNT_DETACH) == -1 || rmdir(OLD_ROOT) == -1)
		err(126, "old root");
	set_read_only("/", 0);
	if (chdir(folder) == -1)
		err(126, "%s", folder);
}
