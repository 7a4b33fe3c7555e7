/* namespaces.h - processes, network, mounts, IPC, cgroups and host name of its own for the
 * program: namespaces(7). */
#ifndef NAMESPACES_H
#define NAMESPACES_H

#include <sys/types.h>

/* Moves the calling process to new namespaces; its next child is the init of the new PID
 * namespace. If it has the right to (root has), it makes them without a user namespace, and stays
 * root. Otherwise it becomes `uid`, where that is not SAME_USER, and gets a user namespace, too,
 * in which user and group keep their numbers, and all capabilities within it. Ends the process if
 * the kernel or the administrator allows neither. */
void new_namespaces(uid_t uid);

/* The next process of the caller's PID namespace gets this number, and later ones those that
 * follow. Does nothing where that cannot be. */
void begin_numbers_at(pid_t first);

/* Starts the loopback interface of a new network namespace: it has no other. */
void start_loopback(void);

#endif
