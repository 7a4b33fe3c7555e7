/* seccomp_rules.c - which system calls fail, and how.
 *
 * This is a list of what is forbidden, under a ceiling: what is not listed is allowed, up to the
 * newest call that was known when this was written. A submission may be any right server, and a C
 * library any right one, so a list of what is allowed would never be complete. EPERM is for what
 * a program has no business with; ENOSYS for what the C library then does in another way; sockets
 * fail as they do where there is no such network.
 *
 * To add a rule: a line here, and one in selftest/gradings/boxes/calls_to_try.c, whose test fails
 * until every rule is tried.
 *
 * Not here, on purpose: pidfd_open and pidfd_send_signal, by which a program may wait for and
 * signal its own children (whom it reaches is Landlock's business, as for kill);
 * sched_setaffinity, which the C library calls with the number of a thread.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include "compat.h"
#include "seccomp.h"
#include "seccomp_rules.h"

const unsigned int newest_call = __NR_mseal;

#if SECCOMP_ARCHITECTURE != 0

/* The halves of the six arguments, for little-endian machines. */
enum { LOW0 = 0, LOW1 = 2, HIGH1 = 3, LOW2 = 4, HIGH2 = 5, LOW3 = 6, LOW4 = 8, HIGH4 = 9 };

#define WHOLE 0xffffffffU
#define NEW_NAMESPACES                                                                             \
	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER |             \
		CLONE_NEWPID | CLONE_NEWNET)
/* For socket(2): the bits that AF_INET and AF_INET6 have in common, as a mask and a value; the type
 * without the flags beside it; and a mask for the protocol, which may be named or left out. */
#define COMMON_OF_INETS (~(unsigned int)(AF_INET ^ AF_INET6))
#define EITHER_INET (AF_INET & AF_INET6)
#define TYPE_OF_SOCKET 0xfU
#define TCP_OR_DEFAULT (~(unsigned int)IPPROTO_TCP)
#define WHO_IS_ASKED WHOLE /* personality(2): this value asks and changes nothing */

#define SHARED_ANONYMOUS (MAP_SHARED | MAP_ANONYMOUS)
/* Bytes of shared memory that may be mapped at once where no listener counts them, less one: a
 * mask. Less, and servers that share much fail; more, and a hostile one hides more of it. */
#define SHARED_AT_ONCE ((16U << 20) - 1)
#define POLICY (~(unsigned int)SCHED_RESET_ON_FORK)
enum { BOX_OR_INIT = 1 }; /* the process */

/* The next lines as they are: clang-format takes the braces for blocks. */
/* clang-format off */
#define RULE(name, error, mask, word, value, unless, except, silent) \
	{__NR_##name, #name, error, mask, word, (unsigned int)(value), unless, except, silent}
/* clang-format on */
#define NO(name, error) RULE(name, error, 0, 0, 0, false, 0, false)
#define NO_SILENTLY(name, error) RULE(name, error, 0, 0, 0, false, 0, true)
#define NO_BUT_FOR(kind, name, error) RULE(name, error, 0, 0, 0, false, kind, false)
#define NO_IF(name, word, mask, value, error) RULE(name, error, mask, word, value, false, 0, false)
#define NO_UNLESS(name, word, mask, value, error)                                                  \
	RULE(name, error, mask, word, value, true, 0, false)
#define NO_UNLESS_BUT_FOR(kind, name, word, mask, value, error)                                    \
	RULE(name, error, mask, word, value, true, kind, false)
#define YES_IF(name, word, mask, value) RULE(name, 0, mask, word, value, false, 0, false)
#define YES_UNLESS(name, word, mask, value) RULE(name, 0, mask, word, value, true, 0, false)

const struct call_rule call_rules[] = {
	/* other processes, and the kernel as a way to them */
	NO(ptrace, EPERM),
	NO(process_vm_readv, EPERM),
	NO(process_vm_writev, EPERM),
	NO(kcmp, EPERM),
	NO(pidfd_getfd, EPERM),
	NO(process_madvise, EPERM),
	NO(process_mrelease, EPERM),
	NO(move_pages, EPERM),
	NO(migrate_pages, EPERM),
	NO_IF(kill, LOW0, WHOLE, -1, EPERM),
	NO(perf_event_open, EPERM),
	NO(bpf, EPERM),
	NO(userfaultfd, EPERM),
	NO(vmsplice, EPERM),
	NO(io_uring_setup, ENOSYS),
	NO(io_uring_enter, ENOSYS),
	NO(io_uring_register, ENOSYS),
	/* its limits, which the grader changes to make fork fail; priorities of others. Where a
	 * listener is told, it may name processes of its own by their numbers (injection.c). */
	NO_UNLESS(prlimit64, LOW0, WHOLE, 0, EPERM),
	YES_UNLESS(prlimit64, LOW1, WHOLE, RLIMIT_NPROC),
	NO_UNLESS(prlimit64, LOW2, WHOLE, 0, EPERM),
	NO_UNLESS(prlimit64, HIGH2, WHOLE, 0, EPERM),
	NO_IF(setrlimit, LOW0, WHOLE, RLIMIT_NPROC, EPERM),
	NO_IF(setpriority, LOW0, WHOLE, PRIO_USER, EPERM),
	NO_UNLESS(setpriority, LOW1, WHOLE, 0, EPERM),
	YES_IF(sched_setscheduler, LOW1, POLICY, SCHED_OTHER), /* a new thread's: pthreads(7) */
	NO_IF(sched_setscheduler, LOW0, WHOLE, BOX_OR_INIT, EPERM),
	NO_UNLESS_BUT_FOR(FILTER_ALONE, sched_setscheduler, LOW0, WHOLE, 0, EPERM),
	NO_UNLESS(sched_setattr, LOW0, WHOLE, 0, EPERM),
	NO_UNLESS(ioprio_set, LOW1, WHOLE, 0, EPERM),
	/* namespaces and mounts. The flags of clone3 are in memory, where no filter sees them:
	 * libc falls back to clone */
	NO_UNLESS(clone, LOW0, NEW_NAMESPACES, 0, EPERM),
	NO_SILENTLY(clone3, ENOSYS),
	NO(unshare, EPERM),
	NO(setns, EPERM),
	NO(mount, EPERM),
	NO(umount2, EPERM),
	NO(pivot_root, EPERM),
	NO(chroot, EPERM),
	NO(open_tree, EPERM),
	NO(move_mount, EPERM),
	NO(fsopen, EPERM),
	NO(fsconfig, EPERM),
	NO(fsmount, EPERM),
	NO(fspick, EPERM),
	NO(mount_setattr, EPERM),
	NO(name_to_handle_at, EPERM),
	NO(open_by_handle_at, EPERM),
	NO(fanotify_init, EPERM),
	NO(quotactl, EPERM),
	NO(quotactl_fd, EPERM),
	/* what outlives the box, if it is not alone in its namespace */
	NO_BUT_FOR(FILTER_OWN_IPC, shmget, ENOSYS),
	NO_BUT_FOR(FILTER_OWN_IPC, shmat, ENOSYS),
	NO_BUT_FOR(FILTER_OWN_IPC, shmctl, ENOSYS),
	NO_BUT_FOR(FILTER_OWN_IPC, semget, ENOSYS),
	NO_BUT_FOR(FILTER_OWN_IPC, semctl, ENOSYS),
	NO_BUT_FOR(FILTER_OWN_IPC, semop, ENOSYS),
	NO_BUT_FOR(FILTER_OWN_IPC, semtimedop, ENOSYS),
	NO_BUT_FOR(FILTER_OWN_IPC, msgget, ENOSYS),
	NO_BUT_FOR(FILTER_OWN_IPC, msgctl, ENOSYS),
	NO_BUT_FOR(FILTER_OWN_IPC, msgsnd, ENOSYS),
	NO_BUT_FOR(FILTER_OWN_IPC, msgrcv, ENOSYS),
	NO_BUT_FOR(FILTER_OWN_IPC, mq_open, ENOSYS),
	NO_BUT_FOR(FILTER_OWN_IPC, mq_unlink, ENOSYS),
	/* memory that no limit counts */
	NO(memfd_create, ENOSYS),
	NO(memfd_secret, ENOSYS),
	YES_UNLESS(mmap, LOW3, SHARED_ANONYMOUS, SHARED_ANONYMOUS),
	NO_UNLESS_BUT_FOR(FILTER_TOLD, mmap, LOW1, ~SHARED_AT_ONCE, 0, ENOMEM),
	NO_UNLESS_BUT_FOR(FILTER_TOLD, mmap, HIGH1, WHOLE, 0, ENOMEM),
/* shm_open(3) and sem_open(3) make files; Landlock refuses them, and a listener names them */
#ifdef __NR_open
	YES_UNLESS(open, LOW1, O_CREAT, O_CREAT),
#endif
	YES_UNLESS(openat, LOW2, O_CREAT, O_CREAT),
	NO(add_key, EPERM),
	NO(request_key, EPERM),
	NO(keyctl, EPERM),
	/* sockets: TCP to listen on, and pairs. Landlock does not see who connects to a path (a
	 * Docker socket would be a way out), UDP, MPTCP, or what MSG_FASTOPEN connects. */
	NO_UNLESS(socket, LOW0, COMMON_OF_INETS, EITHER_INET, EAFNOSUPPORT),
	NO_UNLESS(socket, LOW1, TYPE_OF_SOCKET, SOCK_STREAM, EACCES),
	NO_UNLESS(socket, LOW2, TCP_OR_DEFAULT, 0, EACCES),
	NO(connect, EACCES),
	NO_UNLESS(sendto, LOW4, WHOLE, 0, EACCES), /* to an address */
	NO_UNLESS(sendto, HIGH4, WHOLE, 0, EACCES),
	NO_UNLESS(sendmsg, LOW2, MSG_FASTOPEN, 0, EACCES),
	NO_UNLESS(sendmmsg, LOW3, MSG_FASTOPEN, 0, EACCES),
	/* ThreadSanitizer sets ADDR_NO_RANDOMIZE and starts itself again */
	YES_IF(personality, LOW0, WHOLE, PER_LINUX),
	YES_IF(personality, LOW0, WHOLE, ADDR_NO_RANDOMIZE),
	YES_IF(personality, LOW0, WHOLE, WHO_IS_ASKED),
	NO(personality, EPERM),
	NO_IF(prctl, LOW0, WHOLE, PR_SET_DUMPABLE, EPERM), /* would hide it from the grader */
	/* who handles SIGCONT notices that the grader has stopped it */
	YES_UNLESS(rt_sigaction, LOW0, WHOLE, SIGCONT),
	NO_UNLESS(rt_sigaction, LOW1, WHOLE, 0, PRETENDED),
	NO_UNLESS(rt_sigaction, HIGH1, WHOLE, 0, PRETENDED),
	/* the machine */
	NO(init_module, EPERM),
	NO(finit_module, EPERM),
	NO(delete_module, EPERM),
	NO(kexec_load, EPERM),
#ifdef __NR_kexec_file_load /* on aarch64 since Linux 5.0 */
	NO(kexec_file_load, EPERM),
#endif
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
#ifdef __x86_64__
	NO(ioperm, EPERM),
	NO(iopl, EPERM),
	NO(modify_ldt, EPERM),
#endif
};
const size_t call_rules_number = sizeof(call_rules) / sizeof(call_rules[0]);

const struct told_call told_calls[] = {
#ifdef __NR_fork /* on x86_64 */
	{__NR_fork, CALL_CREATE, FILTER_FAULTS, 0},
	{__NR_vfork, CALL_CREATE, FILTER_FAULTS, 0},
#endif
	{__NR_clone, CALL_CREATE, FILTER_FAULTS, 0},
	{__NR_clone3, CALL_CREATE, FILTER_FAULTS, 0},
	{__NR_accept, CALL_ACCEPT, FILTER_FAULTS, 0},
	{__NR_accept4, CALL_ACCEPT, FILTER_FAULTS, 0},
	{__NR_mmap, CALL_SHARE, FILTER_TOLD, 0},
#ifdef __NR_open /* on x86_64 */
	{__NR_open, CALL_MAKE, FILTER_TOLD, FILTER_OWN_IPC},
#endif
	{__NR_openat, CALL_MAKE, FILTER_TOLD, FILTER_OWN_IPC},
};
const size_t told_calls_number = sizeof(told_calls) / sizeof(told_calls[0]);

#else

const struct call_rule call_rules[1];
const size_t call_rules_number = 0;
const struct told_call told_calls[1];
const size_t told_calls_number = 0;

#endif
