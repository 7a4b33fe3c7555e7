/* ipc.h - what System V IPC holds: sysvipc(7). */
#ifndef IPC_H
#define IPC_H

/* Returns about how many bytes the shared memory, semaphores and message queues of the calling
 * process's IPC namespace take, whether or not a process has them mapped. */
unsigned long memory_of_ipc(void);

#endif
