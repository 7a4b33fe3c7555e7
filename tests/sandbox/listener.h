/* listener.h - system calls of the program that wait until the box has decided on them:
 * seccomp_unotify(2). The filter (seccomp.c) says which ones. */
#ifndef LISTENER_H
#define LISTENER_H

#include <linux/seccomp.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* In the box, before it creates the program's process: makes a way for the listener's descriptor
 * to get from that process, which is under the filter, to the box, which is not. */
void open_listener_channel(void);

/* In the program's process: hands the listener over. `patient` as filter_calls() says. */
void send_listener(int fd, bool patient);

/* In the box: takes the listener over. Returns when the program has been started, or has failed
 * to; then there may be none. */
void receive_listener(void);

/* The descriptor to poll(2) for POLLIN; -1: there is none, or nobody is left who could make a
 * call. */
int listener_descriptor(void);

/* Returns whether signals to a process leave alone a call that waits, once it has been received:
 * from Linux 5.19 on. Otherwise a signal takes the call back; if it is to be restarted, it is then
 * received another time. */
bool calls_are_patient(void);

struct call {
	uint64_t id;
	pid_t thread; /* that makes it */
	struct seccomp_data data;
};

/* Takes in the call that has waited longest. Returns false if none waits. */
bool receive_call(struct call *call);

/* Lets a call go on as if there were no filter (error 0), or fail. Returns false if a signal has
 * taken the call back, or the process is dead. */
bool answer_call(uint64_t id, int error);

/* Returns how many calls signals have taken back before they were answered. Such a call has either
 * been restarted, or has failed with EINTR. */
uint64_t calls_taken_back(void);

#endif
