/* calls_to_try.c - for each rule of the filter what it must refuse, and what it must let through.
 *
 * Root has become nobody, and the arguments are such that nothing happens where a call does go
 * through to the kernel: no address, no descriptor, no command.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include "../../../sandbox/compat.h"
#include "../../../sandbox/seccomp.h"
#include "calls_to_try.h"

#define BAD (-1UL)
#define UPPER_HALF (1UL << 32)
#define SHARED (MAP_SHARED | MAP_ANONYMOUS)
#define SHARED_AT_ONCE (16UL << 20)
/* The next lines as they are: clang-format takes the braces for blocks. */
/* clang-format off */
#define NO_IN(kind, name, error, ...) {#name, __NR_##name, error, kind, {__VA_ARGS__}}
#define YES_IN(kind, name, ...) {#name, __NR_##name, 0, kind, {__VA_ARGS__}}
#define NO(name, error, ...) NO_IN(0, name, error, __VA_ARGS__)
#define YES(name, ...) YES_IN(0, name, __VA_ARGS__)
/* clang-format on */
/* CLONE_THREAD goes only with flags that are missing here. */
#define NO_NEW(namespace) NO(clone, EPERM, CLONE_THREAD | (namespace))

const struct attempt attempts[] = {
	NO(ptrace, EPERM, BAD),
	NO(process_vm_readv, EPERM, 0),
	NO(process_vm_writev, EPERM, 0),
	NO(kcmp, EPERM, 0, 0, BAD),
	NO(pidfd_getfd, EPERM, BAD),
	NO(process_madvise, EPERM, BAD),
	NO(process_mrelease, EPERM, BAD),
	NO(move_pages, EPERM, 0, 0, 0, 0, 0, BAD),
	NO(migrate_pages, EPERM, 0, 0, BAD, BAD),
	NO(kill, EPERM, -1U, 0),
	NO(kill, EPERM, BAD, 0),
	YES(kill, 0x7fffffff, 0),
	YES(pidfd_open, BAD),
	YES(pidfd_send_signal, BAD),
	NO(perf_event_open, EPERM, BAD),
	NO(bpf, EPERM, BAD),
	NO(userfaultfd, EPERM, BAD),
	NO(vmsplice, EPERM, BAD),
	NO(io_uring_setup, ENOSYS, 1, BAD),
	NO(io_uring_enter, ENOSYS, BAD),
	NO(io_uring_register, ENOSYS, BAD),
	NO(prlimit64, EPERM, 1, RLIMIT_NOFILE, 0, 0),
	NO(prlimit64, EPERM, 1, RLIMIT_NPROC, 0, 0),
	YES(prlimit64, 0, RLIMIT_NOFILE, BAD, 0),
	NO(prlimit64, EPERM, 0, RLIMIT_NPROC, 1, 0),
	NO(prlimit64, EPERM, 0, RLIMIT_NPROC, UPPER_HALF, 0),
	YES(prlimit64, 0, RLIMIT_NPROC, 0, 0),
	NO(setrlimit, EPERM, RLIMIT_NPROC, BAD),
	YES(setrlimit, RLIMIT_NOFILE, BAD),
	NO(setpriority, EPERM, PRIO_USER, 0, -20UL),
	NO(setpriority, EPERM, PRIO_PROCESS, 1, -20UL),
	YES(setpriority, PRIO_PROCESS, 0, -20UL),
	YES(sched_setscheduler, 0, SCHED_BATCH, BAD),
	YES(sched_setscheduler, 1, SCHED_OTHER, 0),
	YES(sched_setscheduler, 2, SCHED_OTHER | SCHED_RESET_ON_FORK, 0),
	NO(sched_setscheduler, EPERM, 2, SCHED_IDLE, 0),
	NO(sched_setscheduler, EPERM, 2, SCHED_BATCH | SCHED_RESET_ON_FORK, 0),
	YES_IN(FILTER_ALONE, sched_setscheduler, 2, SCHED_IDLE, 0),
	NO_IN(FILTER_ALONE, sched_setscheduler, EPERM, 1, SCHED_IDLE, 0),
	YES(sched_setparam, 1, BAD),
	NO(sched_setattr, EPERM, 1, BAD),
	YES(sched_setattr, 0, BAD),
	YES(sched_setaffinity, 1, 0, BAD),
	NO(ioprio_set, EPERM, BAD, 1, 0),
	YES(ioprio_set, BAD, 0, 0),
	NO_NEW(CLONE_NEWNS),
	NO_NEW(CLONE_NEWCGROUP),
	NO_NEW(CLONE_NEWUTS),
	NO_NEW(CLONE_NEWIPC),
	NO_NEW(CLONE_NEWUSER),
	NO_NEW(CLONE_NEWPID),
	NO_NEW(CLONE_NEWNET),
	YES(clone, CLONE_THREAD),
	NO(clone3, ENOSYS, BAD, 0),
	NO(unshare, EPERM, 0),
	NO(setns, EPERM, BAD),
	NO(mount, EPERM, BAD, BAD),
	NO(umount2, EPERM, BAD),
	NO(pivot_root, EPERM, BAD),
	NO(chroot, EPERM, BAD),
	NO(open_tree, EPERM, BAD, BAD),
	NO(move_mount, EPERM, BAD, BAD, BAD, BAD),
	NO(fsopen, EPERM, BAD),
	NO(fsconfig, EPERM, BAD, BAD),
	NO(fsmount, EPERM, BAD),
	NO(fspick, EPERM, BAD, BAD),
	NO(mount_setattr, EPERM, BAD, BAD, 0, BAD, 0),
	NO(name_to_handle_at, EPERM, BAD, BAD),
	NO(open_by_handle_at, EPERM, BAD, BAD),
	NO(fanotify_init, EPERM, BAD),
	NO(quotactl, EPERM, BAD, BAD),
	NO(quotactl_fd, EPERM, BAD),
	NO(shmget, ENOSYS, IPC_PRIVATE, 0, 0),
	NO(shmat, ENOSYS, BAD),
	NO(shmctl, ENOSYS, BAD),
	NO(semget, ENOSYS, IPC_PRIVATE, BAD),
	NO(semctl, ENOSYS, BAD),
	NO(semop, ENOSYS, BAD),
	NO(semtimedop, ENOSYS, BAD),
	NO(msgget, ENOSYS, BAD, 0),
	NO(msgctl, ENOSYS, BAD),
	NO(msgsnd, ENOSYS, BAD),
	NO(msgrcv, ENOSYS, BAD),
	NO(mq_open, ENOSYS, BAD),
	NO(mq_unlink, ENOSYS, BAD),
	YES_IN(FILTER_OWN_IPC, shmget, IPC_PRIVATE, 0, 0),
	YES_IN(FILTER_OWN_IPC, semop, BAD),
	YES_IN(FILTER_OWN_IPC, msgsnd, BAD),
	YES_IN(FILTER_OWN_IPC, mq_open, BAD),
	NO(memfd_create, ENOSYS, BAD),
	NO(memfd_secret, ENOSYS, BAD),
	NO_IN(FILTER_TOLD, unshare, TOLD, 0),
	NO_IN(FILTER_TOLD, clone3, ENOSYS, BAD, 0),
	NO_IN(FILTER_TOLD, mmap, TOLD, 0, 4096, PROT_READ, SHARED, BAD, 0),
	YES_IN(FILTER_TOLD, mmap, 0, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, BAD, 0),
	NO_IN(FILTER_TOLD, openat, TOLD, BAD, BAD, O_CREAT),
	YES_IN(FILTER_TOLD, openat, BAD, BAD, O_RDWR),
	YES_IN(FILTER_TOLD | FILTER_OWN_IPC, openat, BAD, BAD, O_CREAT),
	YES(openat, BAD, BAD, O_CREAT),
#ifdef __NR_open
	NO_IN(FILTER_TOLD, open, TOLD, BAD, O_CREAT),
	YES_IN(FILTER_TOLD, open, BAD, O_RDWR),
#endif
	YES_IN(FILTER_TOLD, clone, CLONE_THREAD),
	NO_IN(FILTER_FAULTS, clone, TOLD, CLONE_THREAD),
	NO_IN(FILTER_FAULTS, clone, EPERM, CLONE_THREAD | CLONE_NEWPID),
	NO_IN(FILTER_FAULTS, accept4, TOLD, BAD),
	NO_IN(FILTER_FAULTS, accept, TOLD, BAD),
#ifdef __NR_fork
	NO_IN(FILTER_FAULTS, fork, TOLD, 0),
	NO_IN(FILTER_FAULTS, vfork, TOLD, 0),
#endif
	YES(mmap, 0, 4096, PROT_READ, SHARED, BAD, 0),
	YES(mmap, 0, SHARED_AT_ONCE - 1, PROT_READ, SHARED, BAD, 0),
	NO(mmap, ENOMEM, 0, SHARED_AT_ONCE, PROT_READ, SHARED, BAD, 0),
	NO(mmap, ENOMEM, 0, UPPER_HALF, PROT_READ, SHARED, BAD, 0),
	YES(mmap, 0, SHARED_AT_ONCE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, BAD, 0),
	YES(mmap, 0, SHARED_AT_ONCE, PROT_READ, MAP_SHARED, BAD, 0),
	NO(add_key, EPERM, BAD),
	NO(request_key, EPERM, BAD),
	NO(keyctl, EPERM, BAD),
	NO(socket, EAFNOSUPPORT, AF_UNIX, SOCK_STREAM, 0),
	NO(socket, EAFNOSUPPORT, AF_NETLINK, SOCK_RAW, 0),
	NO(socket, EAFNOSUPPORT, AF_PACKET, SOCK_RAW, 0),
	NO(socket, EAFNOSUPPORT, AF_UNSPEC, SOCK_STREAM, 0),
	NO(socket, EACCES, AF_INET, SOCK_DGRAM, 0),
	NO(socket, EACCES, AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0),
	NO(socket, EACCES, AF_INET, SOCK_RAW, IPPROTO_TCP),
	NO(socket, EACCES, AF_INET, SOCK_STREAM, IPPROTO_SCTP),
	NO(socket, EACCES, AF_INET, SOCK_STREAM, 262 /* IPPROTO_MPTCP */),
	YES(socket, AF_INET, SOCK_STREAM, 0),
	YES(socket, AF_INET6, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP),
	YES(socketpair, AF_UNIX, SOCK_STREAM, 0, BAD),
	NO(connect, EACCES, BAD),
	NO(sendto, EACCES, BAD, 0, 0, 0, 1),
	NO(sendto, EACCES, BAD, 0, 0, 0, UPPER_HALF),
	YES(sendto, BAD, 0, 0, MSG_NOSIGNAL),
	NO(sendmsg, EACCES, BAD, BAD, MSG_FASTOPEN),
	YES(sendmsg, BAD, BAD, MSG_NOSIGNAL),
	NO(sendmmsg, EACCES, BAD, BAD, 1, MSG_FASTOPEN),
	YES(sendmmsg, BAD, BAD, 1, MSG_NOSIGNAL),
	YES(personality, PER_LINUX),
	YES(personality, ADDR_NO_RANDOMIZE),
	YES(personality, 0xffffffff),
	NO(personality, EPERM, READ_IMPLIES_EXEC),
	NO(personality, EPERM, ADDR_NO_RANDOMIZE | READ_IMPLIES_EXEC),
	NO(prctl, EPERM, PR_SET_DUMPABLE, 1),
	YES(prctl, PR_SET_NAME, BAD),
	NO(rt_sigaction, PRETENDED, SIGCONT, 1),
	NO(rt_sigaction, PRETENDED, SIGCONT, UPPER_HALF),
	YES(rt_sigaction, SIGCONT, 0, BAD),
	YES(rt_sigaction, SIGCHLD, BAD),
	NO(init_module, EPERM, BAD),
	NO(finit_module, EPERM, BAD),
	NO(delete_module, EPERM, BAD),
	NO(kexec_load, EPERM, 0, BAD),
#ifdef __NR_kexec_file_load
	NO(kexec_file_load, EPERM, BAD, BAD),
#endif
	NO(reboot, EPERM, 0),
	NO(swapon, EPERM, BAD),
	NO(swapoff, EPERM, BAD),
	NO(acct, EPERM, BAD),
	NO(syslog, EPERM, BAD),
	NO(settimeofday, EPERM, BAD),
	NO(clock_settime, EPERM, 0, BAD),
	NO(adjtimex, EPERM, BAD),
	NO(clock_adjtime, EPERM, 0, BAD),
	NO(sethostname, EPERM, BAD, 1),
	NO(setdomainname, EPERM, BAD, 1),
	NO(vhangup, EPERM, 0),
#ifdef __x86_64__
	NO(ioperm, EPERM, BAD, 1, 0),
	NO(iopl, EPERM, BAD),
	NO(modify_ldt, EPERM, BAD),
	{"getpid of x32", 0x40000000 | __NR_getpid, ENOSYS, 0, {0}},
#endif
	YES(mseal, BAD),
	{"the call after mseal", __NR_mseal + 1, ENOSYS, 0, {BAD}},
	YES(getpid, 0),
};

const size_t attempts_number = sizeof(attempts) / sizeof(attempts[0]);
