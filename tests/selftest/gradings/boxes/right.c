/* right.c - what a right server may do, and so must work in every tier: for attacks.c. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "attacks.h"

static void *nothing(void *arg)
{
	return arg;
}

static bool threads(void)
{
	pthread_t thread;
	cpu_set_t all;

	return pthread_create(&thread, NULL, nothing, NULL) == 0 &&
	       pthread_getaffinity_np(thread, sizeof(all), &all) == 0 &&
	       pthread_setaffinity_np(thread, sizeof(all), &all) == 0 &&
	       pthread_join(thread, NULL) == 0;
}

/* A thread with attributes of its own (pthread_attr_setinheritsched(3)), and batch work. */
static bool scheduling(void)
{
	struct sched_param none = {0};
	pthread_attr_t attributes;
	pthread_t thread;

	return pthread_attr_init(&attributes) == 0 &&
	       pthread_attr_setinheritsched(&attributes, PTHREAD_EXPLICIT_SCHED) == 0 &&
	       pthread_attr_setschedpolicy(&attributes, SCHED_OTHER) == 0 &&
	       pthread_create(&thread, &attributes, nothing, NULL) == 0 &&
	       pthread_setschedprio(thread, 0) == 0 && pthread_join(thread, NULL) == 0 &&
	       sched_setscheduler(0, SCHED_BATCH, &none) == 0;
}

/* Of its own number, of a thread's, and of a child's. */
static bool by_number(void)
{
	const struct rlimit none = {0};
	pid_t child = fork();
	bool right;

	if (child == 0)
		for (;;)
			pause();
	right = prlimit(getpid(), RLIMIT_CORE, &none, NULL) == 0 &&
		setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), 1) == 0 &&
		setpriority(PRIO_PROCESS, (id_t)child, 2) == 0 &&
		sched_setscheduler(getpid(), SCHED_BATCH, &(struct sched_param){0}) == 0;
	return kill(child, SIGKILL) == 0 && waitpid(child, NULL, 0) == child && right;
}

static bool children(void)
{
	siginfo_t info;
	pid_t child = fork(), other;

	if (child == 0)
		_exit(kill(getpid(), SIGCONT) == 0 ? 3 : 4);
	if (child == -1 || waitid(P_PID, (id_t)child, &info, WEXITED) == -1 || info.si_status != 3)
		return false;
	if ((other = vfork()) == 0)
		_exit(0);
	return waitpid(other, NULL, 0) == other &&
	       posix_spawn(&child, "/bin/true", NULL, NULL, (char *[]){"true", NULL}, NULL) == 0 &&
	       waitpid(child, NULL, 0) == child;
}

static bool signals(void)
{
	sigset_t set;
	struct timespec now = {0};
	pid_t child;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	if (signalfd(-1, &set, SFD_CLOEXEC) == -1)
		return false;
	if (sigtimedwait(&set, NULL, &now) == -1 && errno != EAGAIN)
		return false;
	child = fork();
	if (child == 0)
		for (;;)
			pause();
	return syscall(SYS_pidfd_open, child, 0) != -1 && kill(child, SIGKILL) == 0 &&
	       waitpid(child, NULL, 0) == child && ppoll(NULL, 0, &now, &set) == 0;
}

static bool sockets(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), pair[2], on = 1;

	return socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0 &&
	       send(pair[0], "x", 1, MSG_NOSIGNAL) == 1 &&
	       setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
	       bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0 && listen(fd, 5) == 0 &&
	       accept4(fd, NULL, NULL, SOCK_CLOEXEC) == -1 && errno == EAGAIN;
}

static bool others(void)
{
	return epoll_create1(0) != -1 && eventfd(0, 0) != -1 && pipe((int[2]){0}) == 0 &&
	       prctl(PR_SET_NAME, "x") == 0 && prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 &&
	       prctl(PR_SET_CHILD_SUBREAPER, 1) == 0 && opens("/dev/null", O_RDWR) &&
	       opens("/dev/urandom", O_RDONLY) && opens("/proc/self/maps", O_RDONLY) &&
	       mmap(NULL, 4096, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0) != MAP_FAILED &&
	       personality(ADDR_NO_RANDOMIZE) != -1 &&
	       setrlimit(RLIMIT_NOFILE, &(struct rlimit){512, 512}) == 0 &&
	       getrlimit(RLIMIT_NPROC, &(struct rlimit){0}) == 0 &&
	       setpriority(PRIO_PROCESS, 0, 19) == 0 && daemon(1, 1) == 0;
}

static const struct {
	const char *name;
	bool (*works)(void);
} things[] = {
	{"threads", threads},
	{"scheduling", scheduling},
	{"by_number", by_number},
	{"children", children},
	{"signals", signals},
	{"sockets", sockets},
	{"others", others},
};

void do_right_things(void)
{
	for (size_t i = 0; i < sizeof(things) / sizeof(things[0]); i++)
		if (!things[i].works())
			printf("%s ", things[i].name);
	printf("done\n");
}
