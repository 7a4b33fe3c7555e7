/* confine.h - what a program may do: limits, a user of its own, files and ports (landlock(7)), system calls (seccomp(2)).
 * Each function here acts on the calling process, for good, and ends it with status 126 if it cannot. Constants that are
 * younger than the headers of an old system are written out.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Returns the value if the setting is NAME=VALUE, else NULL. */
static const char *value_of(const char *setting, const char *name)
{
	size_t length = strlen(name);

	return strncmp(setting, name, length) == 0 && setting[length] == '=' ? setting + length + 1 : NULL;
}

static void set_limits(char **settings)
{
	static const struct {
		const char *name;
		int resource;
	} limits[] = {
		{"cpu",	RLIMIT_CPU	  },
		{"as",       RLIMIT_AS	},
		{"fsize",	  RLIMIT_FSIZE   },
		{"nofile",   RLIMIT_NOFILE	},
		{"nproc",	  RLIMIT_NPROC   },
		{"core",	 RLIMIT_CORE    },
		{"stack",	  RLIMIT_STACK   },
		{"nice",	 RLIMIT_NICE    },
		{"rtprio",   RLIMIT_RTPRIO	},
		{"msgqueue", RLIMIT_MSGQUEUE},
		{"memlock",  RLIMIT_MEMLOCK },
	};

	for (; strcmp(*settings, "--") != 0; settings++)
		for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
			const char *value = value_of(*settings, limits[i].name);
			rlim_t number = value == NULL ? 0 : strtoul(value, NULL, 10);
			struct rlimit limit = {number, number};

			if (value != NULL && setrlimit(limits[i].resource, &limit) == -1)
				err(126, "limit %s", *settings);
		}
}

static void become(uid_t uid)
{
	if (uid == (uid_t)-1 || uid == geteuid())
		return;
	if (setgroups(0, NULL) == -1 || setresgid(uid, uid, uid) == -1 || setresuid(uid, uid, uid) == -1)
		err(126, "user %u", uid);
}

/* Who stays root all the same (where there is no other user), as in a container of its own, has no capabilities from the
 * next exec on (capabilities(7), SECBIT_NOROOT and its kin, locked). */
static void drop_capabilities(void)
{
	if (geteuid() == 0 && prctl(PR_SET_SECUREBITS, 0x2f) == -1)
		err(126, "capabilities");
}

/* When the memory of the machine runs out, this process is the first to be killed (proc(5), oom_score_adj). Where that
 * cannot be set, so be it: it is no limit of the box's own. */
static void die_first(void)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	if (fd == -1)
		return;
	if (write(fd, "1000", 4) == -1)
		errno = 0;
	close(fd);
}

/* --- Landlock ---------------------------------------------------------------------------------------------------- */

enum { LL_CREATE = 444, LL_ADD = 445, LL_RESTRICT = 446, LL_VERSION = 1, LL_BELOW_PATH = 1, LL_PORT = 2 };
enum {
	LL_EXECUTE = 1,
	LL_WRITE_FILE = 2,
	LL_READ_FILE = 4,
	LL_READ_DIR = 8,
	LL_TRUNCATE = 1 << 14,
	LL_IOCTL = 1 << 15
};
enum { LL_FILE = LL_EXECUTE | LL_WRITE_FILE | LL_READ_FILE | LL_TRUNCATE | LL_IOCTL }; /* what a file can have */
enum { LL_ONLY_FILES = ~(1 << 6 | 1 << 9 | 1 << 10 | 1 << 11 | 1 << 12) }; /* no MAKE_ of devices, FIFOs, links... */
enum { LL_BIND = 1, LL_CONNECT = 2, LL_ABSTRACT_SOCKETS = 1, LL_SIGNALS = 2 };

struct ll_ruleset {
	uint64_t fs, net, scoped;
};
struct ll_path {
	uint64_t access;
	int32_t fd;
} __attribute__((packed));
struct ll_port {
	uint64_t access, port;
};

/* Returns the version of the kernel's Landlock: 0 if there is none. */
static long landlock_version(void)
{
	long version = syscall(LL_CREATE, NULL, 0, LL_VERSION);

	return version > 0 ? version : 0;
}

static void landlock_enforce(int rules)
{
	if (syscall(LL_RESTRICT, rules, 0) == -1)
		err(126, "landlock_restrict_self");
	close(rules);
}

static void allow_path(int rules, uint64_t handled, const char *path, uint64_t access)
{
	struct ll_path rule = {.access = access & handled, .fd = open(path, O_PATH | O_CLOEXEC)};
	struct stat status;

	if (rule.fd == -1)
		return; /* what does not exist needs no permission */
	if (fstat(rule.fd, &status) == -1)
		err(126, "%s", path);
	if (!S_ISDIR(status.st_mode))
		rule.access &= LL_FILE;
	if (syscall(LL_ADD, rules, LL_BELOW_PATH, &rule, 0) == -1)
		err(126, "landlock_add_rule %s", path);
	close(rule.fd);
}

/* Only the paths of read= and write= are there, only port 0 (any free one) can be bound, no port reached, nobody outside
 * signalled: as far as this kernel's version can. */
static void landlock(char **settings, long version)
{
	static const uint64_t known[] = {0, 0x1fff, 0x3fff, 0x7fff, 0x7fff, 0xffff};
	struct ll_ruleset handled = {
		.fs = known[version < 5 ? version : 5],
		.net = version >= 4 ? LL_BIND | LL_CONNECT : 0,
		.scoped = version >= 6 ? LL_ABSTRACT_SOCKETS | LL_SIGNALS : 0,
	};
	struct ll_port any = {.access = LL_BIND, .port = 0};
	int rules = (int)syscall(LL_CREATE, &handled, sizeof(handled), 0);

	if (rules == -1)
		err(126, "landlock_create_ruleset");
	for (; strcmp(*settings, "--") != 0; settings++) {
		if (value_of(*settings, "read"))
			allow_path(rules, handled.fs, value_of(*settings, "read"),
				LL_EXECUTE | LL_READ_FILE | LL_READ_DIR);
		if (value_of(*settings, "write"))
			allow_path(rules, handled.fs, value_of(*settings, "write"), handled.fs & LL_ONLY_FILES);
	}
	allow_path(rules, handled.fs, "/dev/null", LL_FILE);
	if (version >= 4 && syscall(LL_ADD, rules, LL_PORT, &any, 0) == -1)
		err(126, "landlock_add_rule");
	landlock_enforce(rules);
}

/* From here on this process can signal only what it starts. Returns whether that is so: the grader is the proof. */
static bool landlock_signals(pid_t grader)
{
	struct ll_ruleset handled = {.scoped = LL_SIGNALS};
	int rules = landlock_version() >= 6 ? (int)syscall(LL_CREATE, &handled, sizeof(handled), 0) : -1;

	if (rules == -1 || kill(grader, 0) == -1)
		return false;
	landlock_enforce(rules);
	return kill(grader, 0) == -1 && errno == EPERM;
}

/* --- seccomp ----------------------------------------------------------------------------------------------------- */

#if defined(__x86_64__)
#define NATIVE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define NATIVE AUDIT_ARCH_AARCH64
#else
#define NATIVE 0 /* not known: no filter, and so tier 1 */
#endif
#define CLONE_NEW_ANY 0x7e020000 /* all namespaces of clone(2) */
#define NEWEST 462		 /* mseal: what came later is not there (ENOSYS) */

/* A rule: if the 32-bit word of the arguments, masked, has the value (or, with `unless`, has not), the call fails with
 * the error; error 0: it is allowed. Without a mask the rule always holds. The first rule that holds decides. */
struct rule {
	unsigned int call;
	int error;
	unsigned int mask, word, value;
	bool unless;
};
enum { LOW0 = 0, LOW1 = 2, LOW2 = 4, HIGH2 = 5, LOW3 = 6, LOW4 = 8, HIGH4 = 9 };
#define WHOLE 0xffffffffU
#define NO(name, error)                                                                                                \
	{                                                                                                              \
		__NR_##name, error, 0, 0, 0, false                                                                     \
	}
#define NO_IF(name, word, mask, value, error)                                                                          \
	{                                                                                                              \
		__NR_##name, error, mask, word, value, false                                                           \
	}
#define NO_UNLESS(name, word, mask, value, error)                                                                      \
	{                                                                                                              \
		__NR_##name, error, mask, word, value, true                                                            \
	}
#define YES_IF(name, word, value)                                                                                      \
	{                                                                                                              \
		__NR_##name, 0, WHOLE, word, value, false                                                              \
	}
#define YES_UNLESS(name, word, value)                                                                                  \
	{                                                                                                              \
		__NR_##name, 0, WHOLE, word, value, true                                                               \
	}
#define NUMBER(number, error)                                                                                          \
	{                                                                                                              \
		number, error, 0, 0, 0, false                                                                          \
	}

static const struct rule rules[] = {
	/* other processes, and the kernel as a way to them */
	NO(ptrace, EPERM),
	NO(process_vm_readv, EPERM),
	NO(process_vm_writev, EPERM),
	NO(kcmp, EPERM),
	NUMBER(438 /* pidfd_getfd */, EPERM),
	NUMBER(440 /* process_madvise */, EPERM),
	NO_IF(kill, LOW0, WHOLE, -1U, EPERM),
	NO(perf_event_open, EPERM),
	NO(bpf, EPERM),
	NO(userfaultfd, EPERM),
	NUMBER(425 /* io_uring_setup */, ENOSYS),
	NUMBER(426, ENOSYS),
	NUMBER(427, ENOSYS),
	/* its limits, which the grader changes to make fork fail; priorities of others */
	NO_UNLESS(prlimit64, LOW0, WHOLE, 0, EPERM),
	YES_UNLESS(prlimit64, LOW1, RLIMIT_NPROC),
	NO_UNLESS(prlimit64, LOW2, WHOLE, 0, EPERM),
	NO_UNLESS(prlimit64, HIGH2, WHOLE, 0, EPERM),
	NO_IF(setrlimit, LOW0, WHOLE, RLIMIT_NPROC, EPERM),
	NO_IF(setpriority, LOW0, WHOLE, PRIO_USER, EPERM),
	NO_UNLESS(setpriority, LOW1, WHOLE, 0, EPERM),
	NO_UNLESS(sched_setscheduler, LOW0, WHOLE, 0, EPERM),
	NO_UNLESS(sched_setparam, LOW0, WHOLE, 0, EPERM),
	NO_UNLESS(sched_setattr, LOW0, WHOLE, 0, EPERM),
	NO_UNLESS(ioprio_set, LOW1, WHOLE, 0, EPERM),
	/* namespaces and mounts. The flags of clone3 are in memory, where no filter sees them: libc falls back to clone */
	NO_UNLESS(clone, LOW0, CLONE_NEW_ANY, 0, EPERM),
	NUMBER(435 /* clone3 */, ENOSYS),
	NO(unshare, EPERM),
	NO(setns, EPERM),
	NO(mount, EPERM),
	NO(umount2, EPERM),
	NO(pivot_root, EPERM),
	NO(chroot, EPERM),
	NUMBER(428 /* open_tree */, EPERM),
	NUMBER(429 /* move_mount */, EPERM),
	NUMBER(430 /* fsopen */, EPERM),
	NUMBER(431 /* fsconfig */, EPERM),
	NUMBER(432 /* fsmount */, EPERM),
	NUMBER(433 /* fspick */, EPERM),
	NUMBER(442 /* mount_setattr */, EPERM),
	NO(name_to_handle_at, EPERM),
	NO(open_by_handle_at, EPERM),
	NO(fanotify_init, EPERM),
	NO(quotactl, EPERM),
	NUMBER(443 /* quotactl_fd */, EPERM),
	/* memory that outlives a process, or that no limit counts */
	NO(shmget, ENOSYS),
	NO(shmat, ENOSYS),
	NO(shmctl, ENOSYS),
	NO(semget, ENOSYS),
	NO(semctl, ENOSYS),
	NO(semop, ENOSYS),
	NO(msgget, ENOSYS),
	NO(msgctl, ENOSYS),
	NO(msgsnd, ENOSYS),
	NO(msgrcv, ENOSYS),
	NO(mq_open, ENOSYS),
	NO(mq_unlink, ENOSYS),
	NO(memfd_create, ENOSYS),
	NUMBER(447 /* memfd_secret */, ENOSYS),
	NO(add_key, EPERM),
	NO(request_key, EPERM),
	NO(keyctl, EPERM),
	/* sockets: TCP to listen on, and pairs. Landlock does not see who connects to a path (a Docker socket would be a
	 * way out), UDP, MPTCP, or a connection that MSG_FASTOPEN makes. */
	NO_UNLESS(socket, LOW0, ~8U, 2, EAFNOSUPPORT), /* 2 is AF_INET, 10 AF_INET6 */
	NO_UNLESS(socket, LOW1, 0xf, 1, EACCES),
	NO_UNLESS(socket, LOW2, ~6U, 0, EACCES), /* SOCK_STREAM, TCP */
	NO(connect, EACCES),
	NO_UNLESS(sendto, LOW4, WHOLE, 0, EACCES),
	NO_UNLESS(sendto, HIGH4, WHOLE, 0, EACCES),
	NO_UNLESS(sendmsg, LOW2, 0x20000000, 0, EACCES),
	NO_UNLESS(sendmmsg, LOW3, 0x20000000, 0, EACCES),
	/* ThreadSanitizer sets ADDR_NO_RANDOMIZE and starts itself again; -1 asks */
	YES_IF(personality, LOW0, 0),
	YES_IF(personality, LOW0, 0x40000),
	YES_IF(personality, LOW0, WHOLE),
	NO(personality, EPERM),
	NO_IF(prctl, LOW0, WHOLE, PR_SET_DUMPABLE, EPERM), /* would hide it from the grader */
	/* the machine */
	NO(init_module, EPERM),
	NO(finit_module, EPERM),
	NO(delete_module, EPERM),
	NO(kexec_load, EPERM),
	NO(reboot, EPERM),
	NO(swapon, EPERM),
	NO(swapoff, EPERM),
	NO(acct, EPERM),
	NO(syslog, EPERM),
	NO(settimeofday, EPERM),
	NO(clock_settime, EPERM),
	NO(adjtimex, EPERM),
	NO(clock_adjtime, EPERM),
	NO(sethostname, EPERM),
	NO(setdomainname, EPERM),
	NO(vhangup, EPERM),
};

static struct sock_filter filter[sizeof(rules) / sizeof(rules[0]) * 6 + 8];
static unsigned short filter_length;

static void emit(unsigned int code, unsigned int value, unsigned int yes, unsigned int no)
{
	filter[filter_length++] = (struct sock_filter){(uint16_t)code, (uint8_t)yes, (uint8_t)no, value};
}

static void emit_end(int error)
{
	emit(BPF_RET | BPF_K, error == 0 ? SECCOMP_RET_ALLOW : SECCOMP_RET_ERRNO | (unsigned int)error, 0, 0);
}

static void emit_load(size_t offset)
{
	emit(BPF_LD | BPF_W | BPF_ABS, (unsigned int)offset, 0, 0);
}

/* Jumps count the instructions to leave out. Between rules the accumulator holds the number of the call. */
static void emit_rule(const struct rule *rule)
{
	emit(BPF_JMP | BPF_JEQ | BPF_K, rule->call, 0, rule->mask == 0 ? 1 : 5);
	if (rule->mask != 0) {
		emit_load(offsetof(struct seccomp_data, args) + 4 * rule->word); /* little endian */
		emit(BPF_ALU | BPF_AND | BPF_K, rule->mask, 0, 0);
		emit(BPF_JMP | BPF_JEQ | BPF_K, rule->value, rule->unless ? 1 : 0, rule->unless ? 0 : 1);
	}
	emit_end(rule->error);
	if (rule->mask != 0)
		emit_load(offsetof(struct seccomp_data, nr));
}

static void filter_calls(void)
{
	struct sock_fprog program = {.filter = filter};
	unsigned int flags = 1 << 2; /* SECCOMP_FILTER_FLAG_SPEC_ALLOW: a filter must not make the program slow */

	emit_load(offsetof(struct seccomp_data, arch));
	emit(BPF_JMP | BPF_JEQ | BPF_K, NATIVE, 1, 0); /* the calls of other architectures have other numbers */
	emit_end(ENOSYS);
	emit_load(offsetof(struct seccomp_data, nr));
	emit(BPF_JMP | BPF_JGT | BPF_K, NEWEST, 0, 1); /* also x32 */
	emit_end(ENOSYS);
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		emit_rule(&rules[i]);
	emit_end(0);
	program.len = filter_length;
	if (NATIVE == 0)
		errx(126, "seccomp: not on this architecture");
	if (syscall(__NR_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program) == -1 &&
		syscall(__NR_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == -1)
		err(126, "seccomp");
}
