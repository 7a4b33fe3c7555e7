/* attacks.c - what a hostile program might try, one attempt at a time; test_containment.py runs it in boxes.
 *
 *	attacks NAME...		prints "NAME worked" or "NAME failed" for each of the attempts
 *	attacks right		prints the name of each thing that a right server may do, and that failed
 *	attacks NAME		of the endless ones: does it until it is ended
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static bool opens(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0644);

	if (fd != -1)
		close(fd);
	return fd != -1;
}

static bool binds(uint16_t port)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
	int fd = socket(AF_INET, SOCK_STREAM, 0), result = bind(fd, (struct sockaddr *)&address, sizeof(address));

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
	return syscall(425, 4, (char[256]){0}) != -1;
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
	{"secret",	   secret	 },
	{"home",		 home	     },
	{"create",	   create	 },
	{"tmpfs",		  tmpfs	       },
	{"fifo",		 fifo	     },
	{"folder",	   folder	 },
	{"wipe",		 wipe	     },
	{"sysv",		 sysv	     },
	{"memfd",		  memfd	       },
	{"mqueue",	   mqueue	 },
	{"trace",		  trace	       },
	{"memory_of_other", memory_of_other},
	{"signal_all",      signal_all	 },
	{"signal_box",      signal_box	 },
	{"priority",	     priority	     },
	{"process_limit",	  process_limit  },
	{"limits",	   limits	 },
	{"new_user",	     new_user	     },
	{"new_user_clone",  new_user_clone },
	{"unix_socket",	unix_socket	   },
	{"udp",		udp		   },
	{"port",		 port	     },
	{"uring",		  uring	       },
	{"hide",		 hide	     },
	{"root",		 root	     },
	{"real_time",	      real_time      },
	{"descriptors",	descriptors	   },
};

/* --- endless ones ------------------------------------------------------------------------------------------------ */

static void fork_bomb(void)
{
	for (;;)
		fork();
}

/* Each process is there for a moment only, and leaves a session and a parent behind at every step. */
static void chain(void)
{
	for (;;)
		if (fork() > 0)
			_exit(0);
		else
			setsid();
}

static void daemons(void)
{
	for (int i = 0; i < 20; i++)
		if (fork() == 0) {
			setsid();
			signal(SIGTERM, SIG_IGN);
			prctl(PR_SET_NAME, ") S 1 (\n");
			if (fork() != 0)
				_exit(0);
			setsid();
			prctl(PR_SET_CHILD_SUBREAPER, 1);
			while (fork() == -1)
				;
			for (;;)
				pause();
		}
	puts("there");
	for (;;)
		pause();
}

static void fill(int flags)
{
	size_t size = 64 << 20;

	for (;;) {
		char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, flags | MAP_ANONYMOUS, -1, 0);

		if (memory != MAP_FAILED)
			memset(memory, 1, size);
	}
}

static void memory(void)
{
	fill(MAP_PRIVATE);
}
static void shared_memory(void)
{
	fill(MAP_SHARED);
}

static void many(void) /* none of them has much */
{
	for (int i = 0; i < 16; i++)
		if (fork() == 0) {
			memset(mmap(NULL, 32 << 20, PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), 1, 32 << 20);
			for (;;)
				pause();
		}
	for (;;)
		pause();
}

static void output(void)
{
	for (;;)
		write(1, (char[65536]){0x1b, '[', '2', 'J'}, 65536);
}

static void spin(void)
{
	for (volatile int i = 0;;)
		i++;
}

static void stop(void)
{
	for (;;)
		raise(SIGSTOP);
}

static const struct {
	const char *name;
	void (*act)(void);
} endless[] = {
	{"fork_bomb",     fork_bomb    },
	{"chain",	  chain	       },
	{"daemons",	    daemons	   },
	{"memory",	   memory	 },
	{"many",		 many	     },
	{"shared_memory", shared_memory},
	{"output",	   output	 },
	{"spin",		 spin	     },
	{"stop",		 stop	     },
};

/* --- what must work ---------------------------------------------------------------------------------------------- */

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
	       pthread_setaffinity_np(thread, sizeof(all), &all) == 0 && pthread_join(thread, NULL) == 0;
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
	if (signalfd(-1, &set, SFD_CLOEXEC) == -1 || (sigtimedwait(&set, NULL, &now) == -1 && errno != EAGAIN))
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

	return socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0 && send(pair[0], "x", 1, MSG_NOSIGNAL) == 1 &&
	       setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
	       bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0 && listen(fd, 5) == 0 &&
	       accept4(fd, NULL, NULL, SOCK_CLOEXEC) == -1 && errno == EAGAIN;
}

static bool others(void)
{
	return epoll_create1(0) != -1 && eventfd(0, 0) != -1 && pipe((int[2]){0}) == 0 &&
	       prctl(PR_SET_NAME, "x") == 0 && prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 &&
	       prctl(PR_SET_CHILD_SUBREAPER, 1) == 0 && opens("/dev/null", O_RDWR) && opens("/dev/urandom", O_RDONLY) &&
	       opens("/proc/self/maps", O_RDONLY) &&
	       mmap(NULL, 4096, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0) != MAP_FAILED &&
	       personality(ADDR_NO_RANDOMIZE) != -1 && setrlimit(RLIMIT_NOFILE, &(struct rlimit){512, 512}) == 0 &&
	       getrlimit(RLIMIT_NPROC, &(struct rlimit){0}) == 0 && setpriority(PRIO_PROCESS, 0, 19) == 0 &&
	       daemon(1, 1) == 0;
}

static void right(void)
{
	printf("%s%s%s%s%sdone\n", threads() ? "" : "threads ", children() ? "" : "children ",
		signals() ? "" : "signals ", sockets() ? "" : "sockets ", others() ? "" : "others ");
}

int main(int argc, char *argv[])
{
	setlinebuf(stdout);
	if (argc == 2 && strcmp(argv[1], "right") == 0)
		right();
	for (size_t i = 0; argc == 2 && i < sizeof(endless) / sizeof(endless[0]); i++)
		if (strcmp(argv[1], endless[i].name) == 0)
			endless[i].act();
	for (int word = 1; word < argc; word++)
		for (size_t i = 0; i < sizeof(attempts) / sizeof(attempts[0]); i++)
			if (strcmp(argv[word], attempts[i].name) == 0)
				printf("%s %s\n", argv[word], attempts[i].attempt() ? "worked" : "failed");
	return 0;
}
