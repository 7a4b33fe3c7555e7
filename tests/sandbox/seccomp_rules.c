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
enum { LOW0 = 0, LOW1 = 2, LOW2 = 4, HIGH2 = 5, LOW3 = 6, LOW4 = 8, HIGH4 = 9 };

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

/* The next lines as they are: clang-format takes the braces for blocks. */
/* clang-format off */
#define RULE(name, error, mask, word, value, unless) \
	{__NR_##name, #name, error, mask, word, (unsigned int)(value), unless}
/* clang-format on */
#define NO(name, error) RULE(name, error, 0, 0, 0, false)
#define NO_IF(name, word, mask, value, error) RULE(name, error, mask, word, value, false)
#define NO_UNLESS(name, word, mask, value, error) RULE(name, error, mask, word, value, true)
#define YES_IF(name, word, value) RULE(name, 0, WHOLE, word, value, false)
#define YES_UNLESS(name, word, value) RULE(name, 0, WHOLE, word, value, true)

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
	/* namespaces and mounts. The flags of clone3 are in memory, where no filter sees them:
	 * libc falls back to clone */
	NO_UNLESS(clone, LOW0, NEW_NAMESPACES, 0, EPERM),
	NO(clone3, ENOSYS),
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
	/* memory that outlives a process, or that no limit counts */
	NO(shmget, ENOSYS),
	NO(shmat, ENOSYS),
	NO(shmctl, ENOSYS),
	NO(semget, ENOSYS),
	NO(semctl, ENOSYS),
	NO(semop, ENOSYS),
	NO(semtimedop, ENOSYS),
	NO(msgget, ENOSYS),
	NO(msgctl, ENOSYS),
	NO(msgsnd, ENOSYS),
	NO(msgrcv, ENOSYS),
	NO(mq_open, ENOSYS),
	NO(mq_unlink, ENOSYS),
	NO(memfd_create, ENOSYS),
	NO(memfd_secret, ENOSYS),
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
	YES_IF(personality, LOW0, PER_LINUX),
	YES_IF(personality, LOW0, ADDR_NO_RANDOMIZE),
	YES_IF(personality, LOW0, WHO_IS_ASKED),
	NO(personality, EPERM),
	NO_IF(prctl, LOW0, WHOLE, PR_SET_DUMPABLE, EPERM), /* would hide it from the grader */
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
	{__NR_fork, CALL_CREATE},
	{__NR_vfork, CALL_CREATE},
#endif
	{__NR_clone, CALL_CREATE},
	{__NR_clone3, CALL_CREATE},
	{__NR_accept, CALL_ACCEPT},
	{__NR_accept4, CALL_ACCEPT},
};
const size_t told_calls_number = sizeof(told_calls) / sizeof(told_calls[0]);

#else

const struct call_rule call_rules[1];
const size_t call_rules_number = 0;
const struct told_call told_calls[1];
const size_t told_calls_number = 0;

#endif
