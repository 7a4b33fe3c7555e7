/* attacks.c - what a hostile program might try, one attempt at a time; the tests
 * here run it in boxes.
 *
 *	attacks NAME...		prints "NAME worked" or "NAME failed" for each attempt
 *	attacks right		prints the names of the right things that failed, and "done"
 *	attacks NAME		of the endless ones: does it until it is ended
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "../../../sandbox/compat.h"
#include "attacks.h"

bool opens(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0644);

	if (fd != -1)
		close(fd);
	return fd != -1;
}

static bool binds(uint16_t port)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	int result = bind(fd, (struct sockaddr *)&address, sizeof(address));

	close(fd);
	return fd != -1 && result == 0;
}

static bool secret(void)
{
	return opens("/etc/passwd", O_RDONLY);
}

static bool home(void)
{
	return opens("/root", O_RDONLY) || opens("/home", O_RDONLY) || opens("/tmp", O_RDONLY);
}

static bool create(void)
{
	return opens("here", O_CREAT | O_WRONLY) || opens("/tmp/lab-there", O_CREAT | O_WRONLY);
}

static bool tmpfs(void)
{
	return opens("/dev/shm/lab-there", O_CREAT | O_WRONLY);
}

static bool fifo(void)
{
	return mkfifo("fifo", 0600) == 0 || symlink("/dev/zero", "link") == 0;
}

static bool folder(void)
{
	return mkdir("folder", 0700) == 0;
}

static bool wipe(void)
{
	return unlink("attacks") == 0 || rename("attacks", "gone") == 0;
}

static bool memfd(void)
{
	return memfd_create("x", 0) != -1;
}

static bool trace(void)
{
	return ptrace(PTRACE_ATTACH, getppid(), NULL, NULL) == 0;
}

static bool memory_of_other(void)
{
	return opens("/proc/1/mem", O_RDWR) || opens("/proc/1/environ", O_RDONLY);
}

static bool signal_all(void)
{
	return kill(-1, 0) == 0;
}

static bool signal_box(void)
{
	return kill(getppid(), 0) == 0 && getppid() != 1;
}

static bool priority(void)
{
	return setpriority(PRIO_PROCESS, (id_t)getppid(), 19) == 0 || nice(-5) != -1;
}

static bool process_limit(void)
{
	return setrlimit(RLIMIT_NPROC, &(struct rlimit){9, 9}) == 0;
}

static bool limits(void)
{
	return prlimit(getppid(), RLIMIT_NOFILE, NULL, &(struct rlimit){0}) == 0;
}

static bool new_user(void)
{
	return unshare(CLONE_NEWUSER) == 0;
}

static bool unix_socket(void)
{
	return socket(AF_UNIX, SOCK_STREAM, 0) != -1;
}

static bool udp(void)
{
	return socket(AF_INET, SOCK_DGRAM, 0) != -1;
}

static bool port(void)
{
	return binds(47119);
}

static bool uring(void)
{
	return syscall(__NR_io_uring_setup, 4, (char[256]){0}) != -1;
}

static bool hide(void)
{
	return prctl(PR_SET_DUMPABLE, 0) == 0;
}

static bool root(void)
{
	return setuid(0) == 0 || geteuid() == 0;
}

/* What would outlive this process is removed again, for where it works. */
static bool sysv(void)
{
	int segment = shmget(IPC_PRIVATE, 4096, 0600);

	return segment != -1 && shmctl(segment, IPC_RMID, NULL) == 0;
}

static bool sysv_semaphores(void)
{
	int set = semget(IPC_PRIVATE, 1, 0600);

	return set != -1 && semctl(set, 0, IPC_RMID) == 0;
}

static bool semaphore(void)
{
	sem_t *made = sem_open("/lab-there", O_CREAT, 0600, 1);

	return made != SEM_FAILED && sem_wait(made) == 0 && sem_unlink("/lab-there") == 0;
}

static bool mqueue(void)
{
	long queue = syscall(SYS_mq_open, "lab-there", O_CREAT | O_RDWR, 0600, NULL);

	return queue != -1 && syscall(SYS_mq_unlink, "lab-there") == 0;
}

static bool new_user_clone(void)
{
	pid_t child = (pid_t)syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, NULL, NULL, NULL, NULL);

	if (child == 0)
		_exit(0);
	return child != -1;
}

static bool real_time(void)
{
	return sched_setscheduler(0, SCHED_FIFO, &(struct sched_param){.sched_priority = 1}) == 0;
}

/* Of the box. */
static bool policy(void)
{
	struct sched_param none = {0};

	return sched_setscheduler(getppid(), SCHED_IDLE, &none) == 0;
}

static bool descriptors(void)
{
	bool found = false;

	for (int fd = 3; fd < 1024; fd++)
		found = found || fcntl(fd, F_GETFD) != -1;
	return found;
}

static const struct {
	const char *name;
	bool (*attempt)(void);
} attempts[] = {
	{"secret", secret},
	{"home", home},
	{"create", create},
	{"tmpfs", tmpfs},
	{"fifo", fifo},
	{"folder", folder},
	{"wipe", wipe},
	{"sysv", sysv},
	{"sysv_semaphores", sysv_semaphores},
	{"semaphore", semaphore},
	{"memfd", memfd},
	{"mqueue", mqueue},
	{"trace", trace},
	{"memory_of_other", memory_of_other},
	{"signal_all", signal_all},
	{"signal_box", signal_box},
	{"priority", priority},
	{"process_limit", process_limit},
	{"limits", limits},
	{"new_user", new_user},
	{"new_user_clone", new_user_clone},
	{"unix_socket", unix_socket},
	{"udp", udp},
	{"port", port},
	{"uring", uring},
	{"hide", hide},
	{"root", root},
	{"real_time", real_time},
	{"policy", policy},
	{"descriptors", descriptors},
};

int main(int argc, char *argv[])
{
	setlinebuf(stdout);
	if (argc == 2 && strcmp(argv[1], "right") == 0)
		do_right_things();
	else if (argc == 2)
		run_endless(argv[1]);
	for (int word = 1; word < argc; word++)
		for (size_t i = 0; i < sizeof(attempts) / sizeof(attempts[0]); i++)
			if (strcmp(argv[word], attempts[i].name) == 0)
				printf("%s %s\n", argv[word],
					attempts[i].attempt() ? "worked" : "failed");
	return 0;
}
